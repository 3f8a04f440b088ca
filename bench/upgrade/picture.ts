// The picture: latency over time around an upgrade, both systems on the same axes.
//
// Written as text, not with a library: those that make SVG without a browser (Vega, ECharts) bring 27 packages or tens of
// megabytes, the smaller ones (D3, Observable Plot, uPlot) want a DOM or a canvas, and all that is needed are two polylines,
// powers of ten on one axis and round seconds on the other.

import type { TimeLine } from "./latencies.ts";

export interface Curve {
  readonly name: string;
  readonly color: string;
  readonly timeLine: TimeLine;
}

const WIDTH = 960;
const HEIGHT = 480;
const LEFT = 80;
const RIGHT = 24;
const TOP = 84;
const BOTTOM = 56;

// API.

/** An SVG document. Times in milliseconds; the axis of latencies is logarithmic. */
export const pictureOf = (title: string, curves: readonly Curve[]): string => {
  const times = curves.flatMap(({ timeLine }) => timeLine.atMs);
  const latencies = curves.flatMap(({ timeLine }) => [...timeLine.p50Ms, ...timeLine.maxMs]).filter((ms) => ms > 0);
  const [fromMs, toMs] = [Math.min(0, ...times), Math.max(1, ...times)];
  const [lowest, highest] = [
    Math.floor(Math.log10(Math.min(1, ...latencies))),
    Math.ceil(Math.log10(Math.max(1, ...latencies))),
  ];
  const x = (ms: number): number => LEFT + ((ms - fromMs) / (toMs - fromMs)) * (WIDTH - LEFT - RIGHT);
  const y = (ms: number): number => {
    const share = (Math.log10(Math.max(ms, 10 ** lowest)) - lowest) / Math.max(1, highest - lowest);
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  };
  const decades = Array.from({ length: highest - lowest + 1 }, (_, n) => 10 ** (lowest + n));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    text(LEFT, 26, title, `font-size="16" font-weight="bold"`),
    ...curves.flatMap((curve, n) => installBand(curve, n, x)),
    ...decades.flatMap((ms) => [
      line(LEFT, y(ms), WIDTH - RIGHT, y(ms)),
      text(LEFT - 8, y(ms) + 4, label(ms), `text-anchor="end"`),
    ]),
    ...secondsBetween(fromMs, toMs).flatMap((ms) => [
      line(x(ms), HEIGHT - BOTTOM, x(ms), HEIGHT - BOTTOM + 5),
      text(x(ms), HEIGHT - BOTTOM + 20, `${ms / 1000} s`, `text-anchor="middle"`),
    ]),
    text((LEFT + WIDTH) / 2, HEIGHT - 12, "time since the install was asked for", `text-anchor="middle"`),
    ...curves.flatMap((curve) => [
      path(curve, curve.timeLine.p50Ms, x, y, `stroke-width="1" stroke-opacity="0.5"`),
      path(curve, curve.timeLine.maxMs, x, y, `stroke-width="2"`),
    ]),
    "</svg>",
    "",
  ].join("\n");
};

// Internal.

type Scale = (ms: number) => number;

const path = ({ color, timeLine }: Curve, values: readonly number[], x: Scale, y: Scale, style: string): string => {
  const points = values.map((ms, n) => `${x(timeLine.atMs[n] as number).toFixed(1)},${y(ms).toFixed(1)}`);
  return `<polyline fill="none" stroke="${color}" ${style} points="${points.join(" ")}"/>`;
};

/** A bar as long as the install, below the title; it is the legend, too. */
const installBand = ({ name, color, timeLine }: Curve, row: number, x: Scale): readonly string[] => {
  const top = 36 + 16 * row;
  const width = Math.max(2, x(timeLine.installMs) - x(0));
  const says = `${name}: install ${Math.round(timeLine.installMs)} ms; thick: slowest call, thin: median`;
  return [
    `<rect x="${x(0).toFixed(1)}" y="${top}" width="${width.toFixed(1)}" height="12" fill="${color}" fill-opacity="0.35"/>`,
    text(x(0) + 6, top + 10, says, `font-size="11"`),
  ];
};

const secondsBetween = (fromMs: number, toMs: number): readonly number[] => {
  const stepMs =
    [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000].find((step) => (toMs - fromMs) / step <= 12) ?? 60_000;
  const first = Math.ceil(fromMs / stepMs);
  return Array.from({ length: Math.floor(toMs / stepMs) - first + 1 }, (_, n) => (first + n) * stepMs);
};

const label = (ms: number): string => (ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`);
const line = (x1: number, y1: number, x2: number, y2: number): string =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#ccc"/>`;
const text = (x: number, y: number, says: string, style: string): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${style}>${escaped(says)}</text>`;
const escaped = (says: string): string => says.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
