import uPlot from "uplot";

import { breath } from "../breath";

/**
 * Makes a chart in one piece of work, and draws it in another, into an element that it fills until the signal.
 *
 * Null if that came in between.
 */
export async function drawnIn(
  element: HTMLElement,
  options: Omit<uPlot.Options, "width" | "height">,
  data: uPlot.AlignedData,
  signal: AbortSignal,
): Promise<uPlot | null> {
  let draw: () => void = () => undefined;
  const chart = new uPlot({ ...options, ...sizeOf(element) }, data, (_, init) => {
    draw = init as () => void;
  });
  signal.addEventListener("abort", () => {
    chart.destroy();
  });
  await breath();
  if (signal.aborted) return null;
  element.append(chart.root);
  draw();
  keepFilled(element, chart, signal);
  return chart;
}

function keepFilled(element: HTMLElement, chart: uPlot, signal: AbortSignal): void {
  const resized = new ResizeObserver(() => {
    const { width, height } = sizeOf(element);
    // it tells also how large the element is at first; each new size draws all anew
    if (width !== chart.width || height !== chart.height) chart.setSize({ width, height });
  });
  resized.observe(element);
  signal.addEventListener("abort", () => {
    resized.disconnect();
  });
}

function sizeOf({ clientWidth: width, clientHeight: height }: HTMLElement): { width: number; height: number } {
  return { width, height };
}
