// Calls the API through types generated from its description. What is not typed does not compile.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { argv: string[] };

const client = createClient<paths>({ baseUrl: process.argv[2] });

function known<T>(name: string, answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(`${name}: ${JSON.stringify(answer.error)}`);
  return answer.data;
}

const frameworks = known("frameworks", await client.GET("/api/v1/frameworks", { params: { query: { limit: 2 } } }));
const names: string[] = frameworks.items.map((framework) => framework.name);
const sources = known("sources", await client.GET("/api/v1/sources", { params: { query: { limit: 2 } } }));
const source: components["schemas"]["Source"] = sources.items[0];
const ratings = known("ratings", await client.GET("/api/v1/ratings", { params: { query: { framework: "django" } } }));
const scores: number[] = ratings.items.map((rating) => rating.score);
const claims = known("claims", await client.GET("/api/v1/claims", { params: { query: { limit: 2 } } }));
const criteria = known("criteria", await client.GET("/api/v1/criteria", {}));
const rubric: string = criteria.items[0].rubric[0].means;
const matrix = known("matrix", await client.GET("/api/v1/matrix", { params: { query: { "w-security": 9 } } }));
const versus = { params: { path: { versus: "django-vs-flask" } } };
const compared = known("compare", await client.GET("/api/v1/compare/{versus}", versus));
const changes = known("changes", await client.GET("/api/v1/changes", { params: { query: { limit: 2 } } }));
const missing = await client.GET("/api/v1/frameworks/{slug}", { params: { path: { slug: "nobody" } } });
const told: string | undefined = missing.error?.detail;

const counts = [names, scores, claims.items, matrix.frameworks, compared.cells, changes.items].map((list) => list.length);
if (!counts.every(Boolean) || !source.key || !rubric || !told) throw new Error("An answer is empty.");
