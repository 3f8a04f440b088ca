// OpenTelemetry as an application sets it up, with a context manager on AsyncLocalStorage and the spans kept in memory.

import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, type ContextManager, context, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type * as Tracing from "../../src/runtime/process/tracing.ts";

const storage = new AsyncLocalStorage<Context>();
const manager: ContextManager = {
  active: () => storage.getStore() ?? ROOT_CONTEXT,
  with: (active, fn, thisArg, ...args) => storage.run(active, () => fn.call(thisArg as never, ...args)),
  bind: (_active, target) => target,
  enable: () => manager,
  disable: () => manager,
};
context.setGlobalContextManager(manager);
const exporter = new InMemorySpanExporter();
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
const tracer = trace.getTracer("test");

/** What an application gives to `Tracing.carry`. */
export const carrier = {
  capture: (): Context => context.active(),
  run: (active: Context, fn: () => void): void => context.with(active, fn),
} satisfies Tracing.ContextCarrier<Context>;

/** Runs `fn` in a span that ends with it. */
export const inSpan = <T>(name: string, fn: (span: Span) => T): T =>
  tracer.startActiveSpan(name, (span) => {
    const result = fn(span);
    if (result instanceof Promise) void result.finally(() => span.end());
    else span.end();
    return result;
  });

/** Marks a place: a span without a length. */
export const mark = (name: string): void => tracer.startSpan(name).end();

/** The spans that have ended, each as `parent > name`, sorted; forgets them. */
export const takeSpans = (): string[] => {
  const spans = exporter.getFinishedSpans();
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  exporter.reset();
  return spans.map((span) => `${names.get(span.parentSpanContext?.spanId ?? "") ?? "-"} > ${span.name}`).sort();
};
