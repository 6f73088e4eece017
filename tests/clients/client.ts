import type { components, operations, paths } from "./openapi";

type Item = components["schemas"]["WorklistItem"];
type Answer = paths["/v1/worklist"]["get"]["responses"]["200"]["content"]["application/json"];
type Body = operations["add_candidate"]["requestBody"]["content"]["application/json"];

export const body: Body = { name: "Kim Lee", email: "kim@example.com" };
export const kinds = (answer: Answer): Item["kind"][] => answer.items.map((item) => item.kind);
export const stage: components["schemas"]["Stage"] = "interviewed";
// @ts-expect-error A stage is one of an enumeration.
export const noStage: components["schemas"]["Stage"] = "somewhere";
