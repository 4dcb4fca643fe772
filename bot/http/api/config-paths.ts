import { type ApiPaths, errorAnswer, guardedAnswers, jsonOf } from "./openapi.ts";

/** The files of WHALE_HOME, for the OpenAPI document. */
export const configPaths: ApiPaths = {
  "/api/v1/config/reload": {
    post: {
      operationId: "reloadConfig",
      summary: "重新载入 WHALE_HOME · take the files of WHALE_HOME as they are now, all or none",
      tags: ["configuration"],
      responses: {
        200: jsonOf("已生效，列出有变化的 · in force; what was new is listed", {
          type: "object",
          required: ["versions"],
          properties: {
            versions: {
              type: "array",
              items: {
                type: "object",
                properties: {
                  kind: { enum: ["event-type", "rule", "policy"] },
                  name: { type: "string" },
                  version: { type: "integer" },
                  change: { enum: ["created", "changed", "retired"] },
                },
              },
            },
          },
        }),
        422: errorAnswer(
          "文件有误，之前的配置仍有效 · the files are wrong, the configuration before stays in force",
        ),
        ...guardedAnswers,
      },
    },
  },
};
