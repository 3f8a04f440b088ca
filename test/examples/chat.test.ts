// The modules of examples/chat, as plain Node runs them; and its migrations.

import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, it, type TestContext } from "node:test";
import fc from "fast-check";
import * as Connection from "underway/connection";
import * as GenServer from "underway/gen-server";
import { chatModule } from "./chat-modules.ts";

interface Message {
  readonly from: string;
  readonly seq: number;
  readonly text: string;
  readonly id?: number;
  readonly timeMs?: number;
  readonly day?: string;
}
interface RoomState {
  readonly name: string;
  readonly said: number;
  readonly history: readonly Message[];
  readonly members: readonly never[];
}
type Step = (state: RoomState) => RoomState;
interface Room {
  readonly codeChange: { readonly up: Record<number, Step>; readonly down: Record<number, Step> };
}
interface Protocol {
  parse(frame: string): object | null;
}
interface Messages {
  react(history: readonly Message[], id: number, reaction: object): readonly Message[];
  clean(text: string): string;
}

const step = (table: Record<number, Step>, key: number): Step => table[key] as Step;

// States of release 0.1.0: no more messages are remembered than were said.
const stateV1: fc.Arbitrary<RoomState> = fc
  .record({
    history: fc.array(fc.record({ from: fc.string(), seq: fc.nat(), text: fc.string() }, { noNullPrototype: true }), {
      maxLength: 100,
    }),
    forgotten: fc.nat(),
  })
  .map(({ history, forgotten }) => ({ name: "lobby", said: history.length + forgotten, history, members: [] }));

describe("codeChange of chat/room 0.2.0", async () => {
  const { codeChange } = await chatModule<Room>("0.2.0", "chat/room");
  const up = step(codeChange.up, 1);
  const down = step(codeChange.down, 1);

  it("up numbers the messages as if they had been numbered from the first one", () => {
    const said = (seq: number): Message => ({ from: "ada", seq, text: `${seq}` });
    const { history } = up({ name: "lobby", said: 7, history: [said(6), said(7)], members: [] });
    assert.deepEqual(history, [
      { id: 6, ...said(6) },
      { id: 7, ...said(7) },
    ]);
  });

  it("down gives back the state that up was given", () => {
    fc.assert(fc.property(stateV1, (state) => assert.deepEqual(down(up(state)), state)));
  });

  it("up gives the same ids after a downgrade, and whenever it runs", () => {
    fc.assert(fc.property(stateV1, (state) => assert.deepEqual(up(down(up(state))), up(state))));
  });
});

describe("codeChange of chat/room 0.2.1", async () => {
  const { codeChange } = await chatModule<Room>("0.2.1", "chat/room");
  const up = step(codeChange.up, 2);
  const message = { id: 1, from: "ada", seq: 1, text: "ahoy" };

  it("up gives a message its day", () => {
    const { history } = up({ name: "lobby", said: 1, history: [{ ...message, timeMs: 0 }], members: [] });
    assert.equal(history[0]?.day, "1970-01-01");
  });

  it("up throws at a message from before 0.2.0, which is the mistake of that release", () => {
    assert.throws(() => up({ name: "lobby", said: 1, history: [message], members: [] }), RangeError);
  });
});

describe("parse of chat/protocol", () => {
  const say = { type: "say", room: "lobby", seq: 1, text: "ahoy" };
  const accepted = {
    "0.1.0": [say, { type: "join", room: "Über 1" }, { type: "leave", room: "lobby" }, { type: "rooms" }],
    "0.2.0": [say, { type: "react", room: "lobby", id: 1, emoji: "⛵" }, { type: "typing", room: "lobby" }],
  };
  const refused = {
    "0.1.0": [
      { type: "react", room: "lobby", id: 1, emoji: "⛵" },
      { type: "toString" },
      { ...say, seq: "1" },
      [],
      null,
    ],
    "0.2.0": [{ ...say, room: "a/b" }, { ...say, room: "" }, { type: "react", room: "lobby", id: 1, emoji: "x" }, {}],
  };
  for (const release of ["0.1.0", "0.2.0"] as const) {
    it(`accepts what ${release} knows, and nothing else`, async () => {
      const { parse } = await chatModule<Protocol>(release, "chat/protocol");
      for (const request of accepted[release]) assert.deepEqual(parse(JSON.stringify(request)), request);
      for (const request of refused[release]) assert.equal(parse(JSON.stringify(request)), null);
      assert.equal(parse("{"), null);
    });
  }
});

describe("chat/messages", async () => {
  const { react, clean } = await chatModule<Messages>("0.2.0", "chat/messages");
  const history = [1, 2].map((id) => ({ id, from: "ada", seq: id, text: "ahoy" }));
  const reaction = { by: "grace", emoji: "⛵" };

  it("react adds a reaction to one message, once", () => {
    const once = react(history, 2, reaction);
    assert.deepEqual(once, [history[0], { ...history[1], reactions: [reaction] }]);
    assert.equal(react(once, 2, reaction), once);
  });

  it("react leaves a history alone that does not know the message", () => {
    assert.equal(react(history, 3, reaction), history);
  });

  it("clean leaves no white space around and one blank within, and cuts what is endless", () => {
    assert.equal(clean("  a \n b "), "a b");
    assert.equal(clean("x".repeat(5_000)).length, 2_000);
  });
});

for (const release of ["0.1.0", "0.2.0"]) {
  // What does not come is waited for; the limit turns that into a failure.
  describe(`chat/session of ${release}, in plain Node`, { timeout: 10_000 }, () => {
    it("lets clients join a room, and shows everybody what is said in one order", async (t) => {
      const connect = await startChat(t, release);
      const ada = await connect("ada");
      const grace = await connect("grace");
      ada.ask({ type: "join", room: "lobby" });
      assert.deepEqual((await ada.next("joined")).members, ["ada"]);
      grace.ask({ type: "join", room: "lobby" });
      assert.deepEqual((await grace.next("joined")).members, ["ada", "grace"]);
      assert.equal((await ada.next("arrived")).name, "grace");
      for (let seq = 1; seq <= 3; seq++) {
        ada.ask({ type: "say", room: "lobby", seq, text: "from ada" });
        grace.ask({ type: "say", room: "lobby", seq, text: "from grace" });
      }
      const seen = async (client: Client) => {
        const events = [];
        for (let i = 0; i < 6; i++) events.push(await client.next("said"));
        return events;
      };
      const ofAda = await seen(ada);
      assert.deepEqual(ofAda, await seen(grace));
      const seqs = ofAda.filter(({ from }) => from === "ada").map(({ seq }) => seq);
      assert.deepEqual(seqs, [1, 2, 3]);
    });

    it("takes a client out of its rooms when its connection is closed", async (t) => {
      const connect = await startChat(t, release);
      const ada = await connect("ada");
      const grace = await connect("grace");
      for (const client of [ada, grace]) {
        client.ask({ type: "join", room: "lobby" });
        await client.next("joined");
      }
      grace.close();
      assert.equal((await ada.next("departed")).name, "grace");
      ada.ask({ type: "rooms" });
      assert.deepEqual((await ada.next("rooms")).rooms[0]?.members, ["ada"]);
    });

    it("refuses what is no request, and talk in a room that was not entered, and goes on", async (t) => {
      const connect = await startChat(t, release);
      const ada = await connect("ada");
      ada.ask({ type: "sink" });
      await ada.next("refused");
      ada.ask({ type: "say", room: "lobby", seq: 1, text: "ahoy" });
      await ada.next("refused");
      ada.ask({ type: "join", room: "lobby" });
      await ada.next("joined");
    });
  });
}

// Internal.

/** What a client is told; which fields there are depends on its type. */
interface Event extends Message {
  readonly type: string;
  readonly name: string;
  readonly members: readonly string[];
  readonly rooms: readonly { readonly members: readonly string[] }[];
}

/** The other end of a WebSocket, without a network. */
class Client extends EventEmitter {
  readonly readyState = 1;
  readonly bufferedAmount = 0;
  readonly #events: Event[] = [];

  // What the server's side calls.

  send(frame: string): void {
    this.#events.push(JSON.parse(frame) as Event);
    this.emit("event");
  }

  close(): void {
    this.emit("close", 1000, "");
  }

  // What the test calls.

  ask(request: object): void {
    this.emit("message", Buffer.from(JSON.stringify(request)), false);
  }

  /** The next event of this type; those before it are dropped. */
  async next(type: string): Promise<Event> {
    for (;;) {
      const event = this.#events.shift();
      if (event?.type === type) return event;
      if (event === undefined) await new Promise((resolve) => this.once("event", resolve));
    }
  }
}

interface Starter {
  startLink(...args: readonly unknown[]): Promise<GenServer.Pid>;
}

/** Starts what a session needs, and ends it after the test. Returns what connects a client. */
const startChat = async (t: TestContext, release: string): Promise<(name: string) => Promise<Client>> => {
  const start = async (module: string): Promise<void> => {
    const { startLink } = await chatModule<Starter>(release, module);
    const pid = await startLink();
    t.after(() => GenServer.stopServer(pid, "shutdown"));
  };
  await start("presence/tracker");
  await start("chat/room-sup");
  const { startLink } = await chatModule<Starter>(release, "chat/session");
  return async (name) => {
    const client = new Client();
    const pid = await startLink(Connection.webSocket(client), { url: `/socket?name=${name}`, headers: {} });
    t.after(() => GenServer.stopServer(pid, "shutdown").catch(() => {}));
    return client;
  };
};
