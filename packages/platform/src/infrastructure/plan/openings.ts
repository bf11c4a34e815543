type Values = Readonly<Record<string, unknown>>;

/** What of a resource everybody can reach or do, in words. Values as Terraform plans them; unknown ones are missing. */
export const openingsOf = (type: string, values: Values | null): readonly string[] =>
  values === null ? [] : [...network(type, values), ...flags(type, values), ...policies(values)];

const network = (type: string, values: Values): readonly string[] => {
  if (/_security_group$/.test(type)) return list(values.ingress).flatMap((rule) => worldIn(rule, 'lets in'));
  if (type === 'aws_security_group_rule' && values.type !== 'ingress') return [];
  if (/security_group(_ingress)?_rule$/.test(type)) return worldIn(values, 'lets in');
  if (type === 'aws_eks_cluster') return list(values.vpc_config).flatMap(publicCluster);
  return [];
};

const worldIn = (rule: unknown, words: string): readonly string[] => {
  if (!isValues(rule)) return [];
  const ranges = [rule.cidr_ipv4, rule.cidr_ipv6, rule.cidr_blocks, rule.ipv6_cidr_blocks].flatMap(texts);
  return ranges.filter(isWorld).map((range) => `${words} ${range} on ${portsOf(rule)}`);
};

/** A range that two or a few like it make the whole of the internet is the whole of the internet: /0 to /7. */
const isWorld = (range: string): boolean => {
  const length = Number(range.split('/')[1] ?? Number.NaN);
  return length < 8;
};

const portsOf = ({ from_port: from, to_port: to, ip_protocol: protocol }: Values): string => {
  if (protocol === '-1' || typeof from !== 'number' || typeof to !== 'number') return 'every port';
  return from === to ? `port ${from}` : `ports ${from} to ${to}`;
};

const publicCluster = (config: unknown): readonly string[] => {
  if (!isValues(config) || config.endpoint_public_access !== true) return [];
  const ranges = texts(config.public_access_cidrs);
  if (ranges.length > 0 && !ranges.some(isWorld)) return [];
  return ["the cluster's API answers everybody: name public_access_cidrs"];
};

/** Attributes that open what they are on, whatever its type. */
const openWhenTrue: Readonly<Record<string, string>> = {
  publicly_accessible: 'has a public address',
  map_public_ip_on_launch: 'gives what starts in it a public address',
  associate_public_ip_address: 'has a public address',
};
const openWhenFalse: readonly string[] = [
  'block_public_acls',
  'block_public_policy',
  'ignore_public_acls',
  'restrict_public_buckets',
];

const flags = (type: string, values: Values): readonly string[] => [
  ...Object.entries(openWhenTrue).flatMap(([name, words]) => (values[name] === true ? [words] : [])),
  ...openWhenFalse.flatMap((name) => (values[name] === false ? [`does not ${name.replaceAll('_', ' ')}`] : [])),
  ...(typeof values.acl === 'string' && /^public|authenticated-read/.test(values.acl)
    ? [`has the ACL ${values.acl}`]
    : []),
  ...(values.internal === false && /^aws_(lb|alb|elb)$/.test(type) ? ['is a load balancer on the internet'] : []),
  ...(type === 'aws_lambda_function_url' && values.authorization_type === 'NONE' ? ['answers without asking who'] : []),
  ...(type === 'aws_lambda_permission' && values.principal === '*' ? ['may be called by everybody'] : []),
  ...(/:policy\/(AdministratorAccess|IAMFullAccess)$/.test(String(values.policy_arn ?? ''))
    ? [`may do everything (${String(values.policy_arn)})`]
    : []),
];

/** Attributes that hold a policy as JSON. */
const policyAttributes = ['policy', 'assume_role_policy', 'access_policies', 'policy_document', 'inline_policy'];

const policies = (values: Values): readonly string[] =>
  policyAttributes.flatMap((name) =>
    statementsIn(values[name]).flatMap((statement) => openStatement(statement).map((words) => `${name} ${words}`)),
  );

const statementsIn = (text: unknown): readonly Values[] => {
  if (typeof text !== 'string') return [];
  try {
    const policy: unknown = JSON.parse(text);
    return isValues(policy) ? list(policy.Statement).filter(isValues) : [];
  } catch (error) {
    // Not every attribute of the name is JSON; those that are, Terraform has checked.
    if (error instanceof SyntaxError) return [];
    throw error;
  }
};

const openStatement = (statement: Values): readonly string[] => {
  if (statement.Effect !== 'Allow') return [];
  const everybody = principalsOf(statement.Principal).includes('*') || 'NotPrincipal' in statement;
  if (everybody && !('Condition' in statement)) return ['lets everybody in: name a principal or a condition'];
  const isIdentity = statement.Principal === undefined && statement.NotPrincipal === undefined;
  return isIdentity ? wildcards(statement) : [];
};

const principalsOf = (principal: unknown): readonly string[] =>
  isValues(principal) ? Object.values(principal).flatMap(texts) : texts(principal);

/** All of a service on everything. A verb with a star on everything is no more than reading needs. */
const wildcards = (statement: Values): readonly string[] => {
  if ('NotAction' in statement && texts(statement.Resource).includes('*'))
    return ['allows all but a few actions on everything (NotAction)'];
  if (!texts(statement.Resource).includes('*')) return [];
  return texts(statement.Action)
    .filter((name) => name === '*' || name.endsWith(':*'))
    .map((name) => `allows ${name} on everything`);
};

const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const list = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
};

const texts = (value: unknown): readonly string[] =>
  list(value).filter((one): one is string => typeof one === 'string');
