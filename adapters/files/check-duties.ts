import { type Drafts, namesOf, ofKind } from "./drafts.ts";
import type { Path } from "./home-file.ts";
import { type Located, problemAt } from "./located.ts";
import { itemsAt, keysAt, textAt } from "./look.ts";
import type { Problem } from "./problem.ts";
import { unknownWords } from "./unknown-words.ts";

/** Wherever a rule, a role or a language names people by a duty roster, there must be one; so must a look-up's cluster. */
export function checkDuties(drafts: Drafts): Problem[] {
  const rosters = namesOf(drafts, "roster");
  const known = drafts.incomplete.has("roster") ? null : rosters;
  return [
    ...ofKind(drafts, "rule").flatMap((rule) => checkNamed(rule, peopleOfRule(rule), known)),
    ...ofKind(drafts, "roles").flatMap((roles) => {
      const of = itemsAt(roles, ["roles"]).map((role) => [...role, "of"]);
      return checkNamed(roles, of, known);
    }),
    ...ofKind(drafts, "runs").flatMap((runs) => checkNamed(runs, peopleOfRuns(runs), known)),
    ...ofKind(drafts, "pack-set").flatMap((set) => checkNamed(set, [["approval"]], known)),
    ...ofKind(drafts, "languages").flatMap((located) => checkNamed(located, [["languages"]], known)),
    ...ofKind(drafts, "roster").flatMap((roster) => checkCluster(drafts, roster)),
  ];
}

/** Where a rule may name people. Its params may hold the same word and mean something else. */
function peopleOfRule(rule: Located): Path[] {
  const offers = itemsAt(rule, ["offers"]).map((offer) => [...offer, "approval"]);
  return [["owner"], ["approval"], ["report", "to"], ...offers];
}

function peopleOfRuns(runs: Located): Path[] {
  return itemsAt(runs, ["runs"]).flatMap((grant) =>
    [["by"], ["approval"], ["report", "to"]].map((part) => [...grant, ...part]),
  );
}

function checkNamed(located: Located, below: readonly Path[], known: readonly string[] | null): Problem[] {
  if (known === null) return [];
  return below
    .flatMap((path) => dutiesBelow(located, path))
    .flatMap((path) => {
      const name = textAt(located, path);
      if (name === undefined || known.includes(name)) return [];
      return [
        problemAt(
          located,
          path,
          unknownWords("值班表，见 rosters/", "roster, see rosters/", { name, known }),
        ),
      ];
    });
}

function dutiesBelow(located: Located, path: Path): Path[] {
  const members = keysAt(located, path).map((key) => [...path, key]);
  const inner = [...members, ...itemsAt(located, path)].flatMap((one) => dutiesBelow(located, one));
  return [...members.filter((one) => one.at(-1) === "duty"), ...inner];
}

function checkCluster(drafts: Drafts, roster: Located): Problem[] {
  const path = ["lookup", "cluster"];
  const name = textAt(roster, path);
  const known = namesOf(drafts, "cluster");
  if (name === undefined || known.includes(name) || drafts.incomplete.has("cluster")) return [];
  return [problemAt(roster, path, unknownWords("集群", "cluster", { name, known }))];
}
