import type Router from "koa-router";
import type { Clock, Login } from "../../core/ports/index.ts";
import { createAnswers } from "./answers.ts";
import { type ConsoleDeps, consoleRoutes } from "./console/index.ts";
import { cookieJar, createSeals } from "./cookies.ts";
import { DEEDS, type DecideDeps, decide } from "./decide.ts";
import { beginLogin, endLogin, logOut, showLoggedOut } from "./login.ts";
import { createLoginGate } from "./login-gate.ts";
import { answerQuestion, type QuestionFormDeps } from "./question-form.ts";
import { createSessions } from "./sessions.ts";
import type { Site } from "./site.ts";
import { sendOutput, sendResult, showTask, type TaskPageDeps } from "./task-page.ts";
import { orErrorPage, type VisitDeps } from "./visit.ts";

/** What the pages are told from outside. */
export interface PageConfig extends Pick<Site, "language" | "trustProxyHops"> {
  /** The address at which people reach Whale, without a slash at its end. */
  publicUrl: string;
  /** What sessions are sealed with; the same in every process. */
  sessionSecret: string;
}

export interface PageDeps {
  config: PageConfig;
  login: Login;
  visit: Omit<VisitDeps, "site">;
  /** What the console shows beside tasks. */
  console: Omit<ConsoleDeps, keyof VisitDeps> & Pick<ConsoleDeps, "directory" | "tasks">;
  facts: TaskPageDeps["facts"];
  advancer: DecideDeps["advancer"];
  answerer: QuestionFormDeps["answerer"];
  state: QuestionFormDeps["state"];
  audit: TaskPageDeps["audit"];
  clock: Clock;
  log: Site["log"];
  metrics: Site["metrics"];
}

/** The pages that cards link to, the console, and the login that leads to them. */
export function pageRoutes(router: Router, deps: PageDeps): void {
  const { config, clock } = deps;
  const { protocol, pathname } = new URL(config.publicUrl);
  const isHttps = protocol === "https:";
  const seals = createSeals(config.sessionSecret);
  const jar = cookieJar(isHttps);
  const sessions = createSessions({ seals, jar, clock });
  const base = pathname === "/" ? "" : pathname;
  const { sessionSecret: _, ...open } = config;
  const site: Site = { ...open, base, isHttps, sessions, log: deps.log, metrics: deps.metrics };
  const visit = { ...deps.visit, site };
  const answers = createAnswers(seals, jar);
  const page = { ...deps, visit, answers };
  router.get(
    "/tasks/:id",
    orErrorPage(site, (ctx) => showTask(ctx, page)),
  );
  router.get(
    "/tasks/:id/output",
    orErrorPage(site, (ctx) => sendOutput(ctx, page)),
  );
  router.get(
    "/tasks/:id/result",
    orErrorPage(site, (ctx) => sendResult(ctx, page)),
  );
  for (const deed of DEEDS) {
    router.post(
      `/tasks/:id/${deed}`,
      orErrorPage(site, (ctx) => decide(ctx, deed, page)),
    );
  }
  router.post(
    "/tasks/:id/answer",
    orErrorPage(site, (ctx) => answerQuestion(ctx, page)),
  );
  consoleRoutes(router, { ...visit, ...deps.console });
  const login = { site, login: deps.login, directory: visit.directory, seals, jar, clock };
  const gated = { ...login, gate: createLoginGate() };
  router.get(
    "/login",
    orErrorPage(site, (ctx) => beginLogin(ctx, gated)),
  );
  router.get(
    "/login/back",
    orErrorPage(site, (ctx) => endLogin(ctx, gated)),
  );
  router.get(
    "/login/out",
    orErrorPage(site, (ctx) => showLoggedOut(ctx, login)),
  );
  router.post(
    "/logout",
    orErrorPage(site, (ctx) => logOut(ctx, login)),
  );
}
