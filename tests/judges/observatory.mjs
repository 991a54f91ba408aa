// Grades one page with MDN's HTTP Observatory: node observatory.mjs NODE_MODULES HTTPS_PORT HTTP_PORT PATH
// Its command line knows no ports, so its parts are called here. Prints {score, grade, tests: [[name, result, points]]}.
import path from "node:path";
import fs from "node:fs";
import { pathToFileURL } from "node:url";

const [modules, httpsPort, httpPort, page] = process.argv.slice(2);
const root = path.join(modules, "@mdn", "mdn-http-observatory");
// Lists that its installation would fetch from the internet; a local name stands in neither of them.
for (const [name, empty] of [["hsts-preload.json", "{}"], ["tld-list.json", "[]"]]) {
  const file = path.join(root, "conf", name);
  if (!fs.existsSync(file)) fs.writeFileSync(file, empty);
}
const part = (name) => import(pathToFileURL(path.join(root, "src", name)).href);
const { retrieve } = await part("retriever/retriever.js");
const { ALL_TESTS } = await part("constants.js");
const { getGradeForScore, getScoreModifier } = await part("grader/grader.js");
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await part("grader/charts.js");

const seen = await retrieve("localhost", { httpsPort: Number(httpsPort), httpPort: Number(httpPort), path: page });
const status = seen.responses.auto ? seen.responses.auto.status : 0;
const tests = ALL_TESTS.map((test) => {
  const { constructor, result } = test(seen);
  return [constructor.name, result, getScoreModifier(result)];
});
const losses = tests.reduce((sum, [, , points]) => sum + Math.min(points, 0), 100);
const gains = tests.reduce((sum, [, , points]) => sum + Math.max(points, 0), 0);
const { grade, score } = getGradeForScore(losses >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? losses + gains : losses);
console.log(JSON.stringify({ status, score, grade, tests }));
process.exit(0);
