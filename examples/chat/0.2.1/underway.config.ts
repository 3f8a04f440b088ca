import { defineConfig } from "underway/config";

export default defineConfig({
  applications: ["apps/presence", "apps/stats", "apps/chat"],
  releases: {
    chat: {
      vsn: "0.2.1",
      applications: { presence: "permanent", stats: "permanent", chat: "permanent" },
    },
  },
});
