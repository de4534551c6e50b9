import type { Range } from "./drawing";

export interface Gestures {
  /** Whether the wheel zooms by itself; else it scrolls the page, unless Ctrl is held. */
  takesWheel: () => boolean;
  timeAt: (clientX: number) => { time: number; share: number };
  onWheel: (factor: number, around: number) => void;
  onPinch: (range: Range) => void;
  onTouch: (time: number) => void;
}

const PER_WHEEL = 0.002;
const LEAST_SPREAD = 0.05;

/** Zooms an element by the wheel and by two fingers; one finger points. Ends with the signal. */
export function listenToGestures(element: HTMLElement, gestures: Gestures, signal: AbortSignal): void {
  element.addEventListener(
    "wheel",
    (event) => {
      if (!(event.ctrlKey || event.metaKey || gestures.takesWheel())) return;
      event.preventDefault();
      gestures.onWheel(Math.exp(event.deltaY * PER_WHEEL), gestures.timeAt(event.clientX).time);
    },
    { signal, passive: false },
  );

  /** The fingers on the chart: where they are, and on which time each was put. */
  const fingers = new Map<number, { clientX: number; time: number }>();
  const forget = ({ pointerId }: PointerEvent) => fingers.delete(pointerId);
  const put = ({ pointerType, pointerId, clientX }: PointerEvent) => {
    if (pointerType === "mouse") return;
    for (const finger of fingers.values()) finger.time = gestures.timeAt(finger.clientX).time;
    fingers.set(pointerId, { clientX, time: gestures.timeAt(clientX).time });
  };
  const move = ({ pointerId, clientX }: PointerEvent) => {
    const finger = fingers.get(pointerId);
    if (!finger) return;
    finger.clientX = clientX;
    const [one, other] = [...fingers.values()];
    if (!other) gestures.onTouch(gestures.timeAt(clientX).time);
    else if (one) pinch(one, other);
  };
  const pinch = (...pair: { clientX: number; time: number }[]) => {
    const [left, right] = pair
      .map(({ clientX, time }) => ({ time, share: gestures.timeAt(clientX).share }))
      .sort((one, other) => one.share - other.share);
    const range = left && right && pinched(left, right);
    if (range) gestures.onPinch(range);
  };
  element.addEventListener("pointerdown", put, { signal });
  element.addEventListener("pointermove", move, { signal });
  for (const end of ["pointerup", "pointercancel"] as const) element.addEventListener(end, forget, { signal });
}

interface Finger {
  time: number;
  share: number;
}

/** The window in which two fingers, so far from its left, are still on their times; null while they are too close. */
export function pinched(left: Finger, right: Finger): Range | null {
  const spread = right.share - left.share;
  if (spread < LEAST_SPREAD || right.time <= left.time) return null;
  const width = (right.time - left.time) / spread;
  const from = left.time - left.share * width;
  return [from, from + width];
}
