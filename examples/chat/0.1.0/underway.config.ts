import { defineConfig } from "underway/config";

export default defineConfig({
  applications: ["apps/presence", "apps/chat"],
  releases: {
    chat: {
      vsn: "0.1.0",
      applications: { presence: "permanent", chat: "permanent" },
    },
  },
});
