// A front office in JavaScript: node send.js <host:port> <topic>
// Reads {"form": "binary" | "structured", "as": "object" | "text" | "bytes", "event": {...}}, one a line, and sends each
// once; `as` is how the office hands the event's data to the SDK. Prints where each lies: [partition, offset].
import { createInterface } from "node:readline";
import { CloudEvent, Kafka as Binding } from "cloudevents";
import { Kafka, logLevel } from "kafkajs";

function message(event, form) {
  const { headers, key, value } = Binding[form](new CloudEvent(event));
  const given = Object.entries(headers).filter(([, text]) => text !== undefined);
  return {
    headers: Object.fromEntries(given.map(([name, text]) => [name, String(text)])),
    key,
    value: typeof value === "string" || Buffer.isBuffer(value) ? value : JSON.stringify(value),
  };
}

const AS = {
  object: (data) => data,
  text: (data) => JSON.stringify(data),
  bytes: (data) => Buffer.from(JSON.stringify(data)),
};

const [broker, topic] = process.argv.slice(2);
const producer = new Kafka({ brokers: [broker], logLevel: logLevel.ERROR }).producer();
await producer.connect();
for await (const line of createInterface({ input: process.stdin })) {
  const { form, as, event } = JSON.parse(line);
  const messages = [message({ ...event, data: AS[as](event.data) }, form)];
  const [{ partition, baseOffset }] = await producer.send({ topic, messages });
  console.log(JSON.stringify([partition, Number(baseOffset)]));
}
await producer.disconnect();
