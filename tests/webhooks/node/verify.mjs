// Verifies deliveries with the npm package: one JSON array in, one boolean for each out.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const accepts = ({ secret, headers, body }) => {
  try {
    new Webhook(secret).verify(Buffer.from(body, "base64").toString("utf8"), headers);
    return true;
  } catch {
    return false;
  }
};
process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(accepts)));
