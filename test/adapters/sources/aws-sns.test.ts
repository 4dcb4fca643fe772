import assert from "node:assert/strict";
import { test } from "node:test";
import { deliver, occurrenceOf, refusalOf } from "./deliver.ts";

const ENVELOPE = {
  Type: "Notification",
  MessageId: "m",
  TopicArn: "arn:aws:sns:r:1:t",
  Timestamp: "2026-03-01T16:00:05.000Z",
};
const ALARM = {
  AlarmName: "cpu",
  AlarmArn: "arn:alarm",
  NewStateValue: "ALARM",
  StateChangeTime: "2026-03-01T16:00:00.000+0000",
};

function told(alarm: object) {
  return occurrenceOf(
    "aws-sns",
    { ...ENVELOPE, Message: JSON.stringify({ ...ALARM, ...alarm }) },
    { contentType: "text/plain" },
  );
}

const STATES = [
  ["ALARM", "firing"],
  ["OK", "resolved"],
  ["INSUFFICIENT_DATA", "point"],
] as const;

for (const [NewStateValue, status] of STATES) {
  test(`takes CloudWatch's ${NewStateValue} for ${status}`, () => {
    assert.equal(told({ NewStateValue }).status, status);
    assert.equal(told({ NewStateValue }).incident, "arn:alarm");
  });
}

test("takes the change of state for the start of an alarm and for the end of what is over", () => {
  const over = told({ NewStateValue: "OK" });
  assert.equal(told({}).time, "2026-03-01T16:00:00.000Z");
  assert.deepEqual([over.time, over.endsAt], [undefined, "2026-03-01T16:00:00.000Z"]);
});

test("names the instance among several dimensions, else all", () => {
  const dimensions = [
    { name: "ImageId", value: "ami" },
    { name: "InstanceId", value: "i-1" },
  ];
  assert.equal(told({ Trigger: { Dimensions: dimensions } }).subject, "i-1");
  assert.equal(
    told({
      Trigger: {
        Dimensions: [
          { name: "A", value: "x" },
          { name: "B", value: "y" },
        ],
      },
    }).subject,
    "x/y",
  );
});

test("keeps a text, and JSON of another form, as a point", () => {
  assert.equal(occurrenceOf("aws-sns", { ...ENVELOPE, Message: "备份完成\n…" }).title, "备份完成");
  assert.deepEqual(occurrenceOf("aws-sns", { ...ENVELOPE, Message: '{"source":"aws.ec2"}' }).detail, {
    source: "aws.ec2",
  });
});

test("reads a raw delivery, which has no envelope", () => {
  const headers = { "x-amz-sns-rawdelivery": "true", "x-amz-sns-message-id": "raw-1" };
  const occurrence = occurrenceOf("aws-sns", ALARM, { headers });
  assert.deepEqual([occurrence.name, occurrence.dedupeKey], ["cpu", "raw-1"]);
});

function subscription(SubscribeURL: string) {
  return deliver("aws-sns", {
    ...ENVELOPE,
    Type: "SubscriptionConfirmation",
    Message: "m",
    Token: "t",
    SubscribeURL,
  });
}

const URLS = [
  ["https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription", "handshake"],
  ["https://sns.cn-north-1.amazonaws.com.cn/?Action=ConfirmSubscription", "handshake"],
  ["https://s3.us-east-1.amazonaws.com/bucket", "refused"],
  ["https://bucket.sns.us-east-1.amazonaws.com/", "refused"],
  ["https://sns.us-east-1.amazonaws.com.example.com/", "refused"],
  ["http://sns.us-east-1.amazonaws.com/", "refused"],
  ["not a url", "refused"],
] as const;

for (const [url, outcome] of URLS) {
  test(`answers a subscription at ${url} with ${outcome}`, () => {
    assert.equal(subscription(url).outcome, outcome);
  });
}

test("tells of an end of the subscription as a point", () => {
  const body = {
    ...ENVELOPE,
    Type: "UnsubscribeConfirmation",
    Token: "s3cret",
    SubscribeURL: "https://sns.us-east-1.amazonaws.com/?Token=s3cret",
  };
  assert.equal(occurrenceOf("aws-sns", body).status, "point");
  assert.doesNotMatch(JSON.stringify(occurrenceOf("aws-sns", body)), /s3cret/);
});

test("refuses a body of no type, and of another", () => {
  assert.match(refusalOf("aws-sns", {}), /^bad_shape Type：缺少/);
  assert.match(refusalOf("aws-sns", { Type: "x" }), /^bad_shape Type：应为/);
});
