import { type Actor, authorise, type Right } from "../../core/people/index.ts";
import type { Texts } from "../../core/texts/index.ts";
import { type Html, html } from "./html.ts";

/** Where somebody can go who has logged in. */
export type Place = keyof Texts["console"]["places"];

interface Spot {
  /** Below `base`. */
  path: string;
  /** Without it there is nothing to see; absent: there is something for everybody. */
  right?: Right;
}

export const PLACES: Record<Place, Spot> = {
  overview: { path: "/" },
  tasks: { path: "/tasks" },
  events: { path: "/events", right: "events.read" },
  clusters: { path: "/clusters", right: "clusters.read" },
};

/** Where there is something for somebody to see. */
export function placesOf(actor: Actor): Place[] {
  const all = Object.entries(PLACES) as [Place, Spot][];
  return all.flatMap(([place, { right }]) => {
    return right === undefined || authorise(actor, right, "some").outcome === "allowed" ? [place] : [];
  });
}

/** Links to some places. The one whose page this is, or that it lies below, is marked. */
export function navPart(
  places: readonly Place[],
  { base, path, texts }: { base: string; path: string; texts: Texts },
): Html {
  const { nav, places: names } = texts.console;
  const links = places.map((place) => {
    const here = PLACES[place].path;
    const current = isAt(path, here) ? "page" : path.startsWith(`${here}/`) ? "true" : null;
    const mark = current && html` aria-current="${current}"`;
    return html`<a href="${base}${here}"${mark}>${names[place]}</a>`;
  });
  return html`<nav aria-label="${nav}">${links}</nav>`;
}

function isAt(path: string, here: string): boolean {
  return path === here || path === `${here}/`;
}
