/** What a new pack's first action is written in. */
export const SCAFFOLDS = ["python", "shell"] as const;
export type Scaffold = (typeof SCAFFOLDS)[number];

/** One file of a new pack. */
export interface PackFile {
  /** From the pack's folder. */
  path: string;
  text: string;
  executable: boolean;
}

/** What a pack may be called: the same on every cluster and as a folder. */
export const PACK_NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** The files of a new pack: metadata, one action that can be run at once, and a test of it. */
export function packFiles(name: string, kind: Scaffold): PackFile[] {
  const file = (path: string, text: string, executable = false): PackFile => ({ path, text, executable });
  const common = [
    file("pack.yaml", packYaml(name)),
    file("README.md", readme(name)),
    file("actions/hello.yaml", actionYaml(name, kind)),
  ];
  if (kind === "python") {
    return [
      ...common,
      file("actions/hello.py", PYTHON_ACTION),
      file("actions/lib/greeting.py", PYTHON_LIB),
      file("requirements.txt", ""),
      file("tests/test_greeting.py", PYTHON_TEST),
    ];
  }
  return [
    ...common,
    file("actions/hello.sh", SHELL_ACTION, true),
    file("tests/test_hello.sh", SHELL_TEST, true),
  ];
}

function packYaml(name: string): string {
  return `---
ref: ${name}
name: ${name}
description: 一句话说明这个 pack 做什么 · what this pack does
keywords: []
# 语义化版本；内容变了就要升 · a semantic version, raised with every change
version: 0.1.0
python_versions: ["3"]
author: ${name}
email: ops@example.com
`;
}

function readme(name: string): string {
  return `# ${name}

| action | what it does |
|---|---|
| \`${name}.hello\` | greets a machine; changes nothing |

\`whale packs test .\` checks this folder and runs its tests.
`;
}

function actionYaml(name: string, kind: Scaffold): string {
  const runner =
    kind === "python"
      ? "runner_type: python-script\nentry_point: hello.py"
      : "runner_type: local-shell-script\nentry_point: hello.sh";
  return `---
name: hello
pack: ${name}
description: Greets a machine. Changes nothing.
enabled: true
${runner}
parameters:
  host:
    type: string
    description: Name of the machine.
    required: true
    minLength: 1
    position: 0
`;
}

const PYTHON_ACTION = `from greeting import greeting

from st2common.runners.base_action import Action


class HelloAction(Action):
    def run(self, host):
        return True, {"host": host, "greeting": greeting(host)}
`;

const PYTHON_LIB = `"""What the action does, without the runner: this is what the tests import."""


def greeting(host):
    if not host:
        raise ValueError("host is empty")
    return "hello %s" % host
`;

const PYTHON_TEST = `import unittest

from greeting import greeting


class GreetingTest(unittest.TestCase):
    def test_greets_a_machine(self):
        self.assertEqual(greeting("vm-1"), "hello vm-1")

    def test_refuses_an_empty_name(self):
        with self.assertRaises(ValueError):
            greeting("")


if __name__ == "__main__":
    unittest.main()
`;

const SHELL_ACTION = `#!/bin/sh
# hello.sh HOST: values arrive as arguments and are only ever data.
set -eu
[ -n "\${1:-}" ] || { echo 'refused: host is empty' >&2; exit 2; }
printf 'hello %s\\n' "$1"
`;

const SHELL_TEST = `#!/bin/sh
# Run in the pack's folder; exit code 0 says that all is well.
set -eu
[ "$(actions/hello.sh vm-1)" = 'hello vm-1' ]
if actions/hello.sh '' 2>/dev/null; then echo 'took an empty host' >&2; exit 1; fi
`;
