import fc from "fast-check";

/**
 * Property tests draw the same cases in every run, so that a change is judged by what it changes. `FC_SEED=random`
 * draws new ones, `FC_SEED=<number>` those of a run that failed.
 */
const given = process.env["FC_SEED"] ?? "20261123";
if (given !== "random") fc.configureGlobal({ seed: Number(given) });
