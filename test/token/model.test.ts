import fc from "fast-check";
import { expect, test } from "vitest";
import { createHsm } from "../../src/token/hsm.ts";
import type { Session } from "../../src/token/session.ts";
import { ckrOf } from "../support/ckr.ts";
import { type Action, actions, MAX_TRIES, Model, type ModelSession, PINS, type Real } from "./support/model.ts";

const openSession = (readWrite: boolean): fc.Command<Model, Real> => ({
  check: (model) => model.sessions.length < 6,
  run(model, real) {
    const isRefused = model.loggedIn === "so" && !readWrite;
    const outcome = ckrOf(() => real.sessions.push(real.hsm.openSession({ readWrite })));
    expect(outcome).toBe(isRefused ? "SESSION_READ_WRITE_SO_EXISTS" : "OK");
    if (!isRefused) model.sessions.push({ readWrite, open: true, running: new Set() });
  },
  toString: () => `open ${readWrite ? "read-write" : "read-only"}`,
});

const act = (number: number, action: Action): fc.Command<Model, Real> => ({
  check: (model) => number < model.sessions.length,
  run(model, real) {
    const [session, label] = [model.sessions[number] as ModelSession, `${model.calls++}`];
    const expected = session.open ? action.effect(model, session, label) : "SESSION_HANDLE_INVALID";
    expect(ckrOf(() => action.call(real.sessions[number] as Session, real, label))).toBe(expected);
    compare(model, real);
  },
  toString: () => `${action.name} in session ${number}`,
});

/** What every open session tells is what the model says. */
function compare(model: Model, { sessions }: Real): void {
  const levels = { user: "USER_FUNCTIONS", so: "SO_FUNCTIONS" } as const;
  const level = model.loggedIn === undefined ? "PUBLIC_SESSION" : levels[model.loggedIn];
  for (const [number, { open, readWrite, running }] of model.sessions.entries()) {
    const session = sessions[number] as Session;
    if (!open) continue;
    expect(session.info().state).toBe(`${readWrite ? "RW" : "RO"}_${level}`);
    if (running.has("find")) continue;
    const objects = session.findObjects({ CLASS: "DATA" });
    const labels = objects.map((object) => session.getAttributes(object, ["LABEL"]).LABEL);
    expect(labels.sort()).toEqual(
      model
        .visible()
        .map((object) => object.label)
        .sort(),
    );
  }
}

function freshToken(): { model: Model; real: Real } {
  const hsm = createHsm({ pin: PINS.user, soPin: PINS.so, maxPinTries: MAX_TRIES, pinCost: 2 });
  const maker = hsm.openSession({ readWrite: true });
  const common = { VALUE_LEN: 32, TOKEN: true, PRIVATE: false };
  const keys = {
    encrypt: maker.generateKey("AES_KEY_GEN", { ...common, usage: "encrypt" }),
    sign: maker.generateKey("GENERIC_SECRET_KEY_GEN", { ...common, usage: "sign" }),
  };
  maker.close();
  return { model: new Model(), real: { hsm, sessions: [], keys } };
}

test("any sequence of calls comes out as the model says", () => {
  const calls = [
    fc.boolean().map(openSession),
    fc.tuple(fc.nat(3), actions).map(([number, action]) => act(number, action)),
  ];
  fc.assert(
    fc.property(fc.commands(calls, { maxCommands: 60, size: "max" }), (commands) => fc.modelRun(freshToken, commands)),
    { numRuns: 120 },
  );
});
