/**
 * A process that times what it is asked to: the side that answers.
 *
 * @module
 */

import { InputError, messageOf, StackbenchError } from "../base/errors.ts";
import { resolveModel } from "../models/mod.ts";
import { linesOf } from "./lines.ts";
import {
  type Answer,
  ASKS,
  type Question,
  question,
  SETTINGS,
  TIMING_PROTOCOL,
} from "./timing_protocol.ts";
import { openSession, type TimingSession } from "./timing_session.ts";

/**
 * Answers questions until there are no more.
 *
 * @param input lines of JSON
 * @param answer takes one line each
 */
export async function serveTimings(
  input: ReadableStream<Uint8Array>,
  answer: (line: string) => void,
): Promise<void> {
  let target: TimingSession | null = null;
  try {
    for await (const line of linesOf(input)) {
      let told: Answer;
      try {
        const asked = question.parse(JSON.parse(line));
        if (asked.ask === "open") {
          await target?.close();
          target = null;
          target = await open(asked);
          const { facts } = target;
          const known = { asks: ASKS, settings: SETTINGS };
          told = { answer: "opened", protocol: TIMING_PROTOCOL, facts, ...known };
        } else told = await answerOf(asked, target);
      } catch (error) {
        const advice = error instanceof StackbenchError ? error.advice : undefined;
        told = { answer: "failed", message: messageOf(error), ...(advice ? { advice } : {}) };
      }
      answer(JSON.stringify(told));
    }
  } finally {
    await target?.close();
  }
}

async function open(
  { ask: _, ...request }: Question & { readonly ask: "open" },
): Promise<TimingSession> {
  const model = { ...request.model, model: await resolveModel(request.model.model) };
  return openSession({ ...request, model });
}

async function answerOf(
  asked: Exclude<Question, { readonly ask: "open" }>,
  target: TimingSession | null,
): Promise<Answer> {
  if (target === null) throw new InputError(`no model was opened before ${asked.ask} was asked`);
  switch (asked.ask) {
    case "network": {
      const seconds: number[] = [];
      for (let i = 0; i < asked.times; i++) seconds.push(await target.network());
      return { answer: "seconds", seconds };
    }
    case "scan":
      return { answer: "scan", seconds: await target.scan() };
    case "moment":
      return { answer: "moment", moment: await target.moment() };
    case "run":
      return { answer: "run", seconds: await target.run(asked.scope) };
    case "plan":
      return { answer: "plan", plan: target.plan() };
    case "segment":
      return { answer: "segmented", mask: await target.segment(asked.scan) };
    case "slow":
      target.slow(asked);
      return { answer: "slowed" };
  }
}
