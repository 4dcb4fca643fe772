import Type from "typebox";
import { STRATEGIES } from "../../core/releases/index.ts";
import { ActionRef, AnyObject, ApprovalShape, Id, shaped } from "./schema.ts";

const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1 });
const Url = shaped(
  "^(https://[A-Za-z0-9.\\[\\]:-]+/[^\\s?#@]+|ssh://([A-Za-z0-9._-]+@)?[A-Za-z0-9][A-Za-z0-9.-]*(:\\d+)?/[^\\s?#]+|[A-Za-z0-9._-]+@[A-Za-z0-9][A-Za-z0-9.-]*:[^\\s?#:][^\\s?#]*|\\.?/[^\\s?#:]+)$",
  "应为 https://…、ssh://…、git@主机:路径，不带用户名密码；或本机目录 /… 或 ./…（从 WHALE_HOME 算起）",
  "must be https://…, ssh://…, git@host:path without a password, or a folder /… or ./… (from WHALE_HOME)",
);
const Folder = shaped(
  "^\\.?/[^\\s?#:]*$",
  "应为本机目录 /… 或 ./…（从 WHALE_HOME 算起）",
  "must be a folder /… or ./… (from WHALE_HOME)",
);
const Ref = shaped(
  "^(?![-/.])(?!.*(\\.\\.|@\\{|//))[A-Za-z0-9_./+-]{1,200}$",
  "应为分支、标签或提交的名称",
  "must be the name of a branch, a tag or a commit",
);
const PackPath = shaped(
  "^(\\.|\\*|(?!.*(^|/)\\.{1,2}(/|$))[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*(/\\*)?)$",
  "应为仓库里的目录，如 .、packs/disk、packs/*",
  "must be a folder of the repository such as ., packs/disk, packs/*",
);
const SecretName = shaped(
  "^([A-Z_][A-Z0-9_]{0,63}|/[^\\s]+)$",
  "应为环境变量名（大写），或文件的绝对路径；不写令牌本身",
  "must be the name of an environment variable in capitals, or a file's absolute path; never the token itself",
);
/** Written into the environment of ssh as it is: signs that a shell would read have no place in it. */
const KeyFile = shaped(
  "^/[A-Za-z0-9_./+-]+$",
  "应为绝对路径，只含字母、数字和 _ . / + -",
  "must be an absolute path of letters, digits and _ . / + - alone",
);
const Image = shaped(
  "^[a-z0-9][a-z0-9.-]*(:\\d+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+$",
  "应为 仓库地址/名称，小写，不带标签，如 registry.example/ops/packs",
  "must be registry/repository in lower case without a tag, such as registry.example/ops/packs",
);
const BaseImage = shaped(
  "^[a-z0-9][a-z0-9._-]*(:\\d+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:(?!latest(@|$))[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$",
  "应为镜像加标签或摘要，不能是 latest",
  "must be an image with a tag or a digest, never latest",
);

const AuthShape = Type.Object(
  {
    token: Type.Optional(SecretName),
    sshKeyFile: Type.Optional(KeyFile),
    knownHostsFile: Type.Optional(KeyFile),
  },
  closed,
);

const RepoShape = Type.Object(
  {
    name: Id,
    url: Url,
    ref: Type.Optional(Ref),
    range: Type.Optional(Text),
    paths: Type.Optional(Type.Array(PackPath, { minItems: 1 })),
    auth: Type.Optional(AuthShape),
  },
  closed,
);

/** packsets/*.yaml */
export const PackSetShape = Type.Object(
  {
    id: Id,
    title: Text,
    owner: Type.Optional(Text),
    repos: Type.Array(RepoShape, { minItems: 1, maxItems: 100 }),
    folders: Type.Optional(Type.Array(Folder, { minItems: 1 })),
    strategy: Type.Enum([...STRATEGIES]),
    image: Image,
    base: Type.Object({ builder: BaseImage, runtime: BaseImage }, closed),
    clusters: Type.Array(Id, { minItems: 1 }),
    canary: Type.Optional(Type.Object({ action: ActionRef, parameters: Type.Optional(AnyObject) }, closed)),
    checks: Type.Optional(Type.Object({ except: Type.Optional(Type.Record(Type.String(), Text)) }, closed)),
    drain: Type.Optional(Text),
    approval: ApprovalShape,
  },
  closed,
);

export type PackSetFile = Type.Static<typeof PackSetShape>;
