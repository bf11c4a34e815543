import { expect, test } from 'vitest';
import { openingsOf } from './openings.ts';

const policy = (...Statement: readonly object[]) => ({ policy: JSON.stringify({ Version: '2012-10-17', Statement }) });

test.each<[string, Record<string, unknown>, string]>([
  [
    'aws_vpc_security_group_ingress_rule',
    { cidr_ipv4: '0.0.0.0/0', from_port: 5432, to_port: 5432 },
    'lets in 0.0.0.0/0 on port 5432',
  ],
  ['aws_vpc_security_group_ingress_rule', { cidr_ipv6: '::/0', ip_protocol: '-1' }, 'lets in ::/0 on every port'],
  [
    'aws_vpc_security_group_ingress_rule',
    { cidr_ipv4: '128.0.0.0/1', from_port: 1, to_port: 9 },
    'lets in 128.0.0.0/1 on ports 1 to 9',
  ],
  [
    'aws_security_group_rule',
    { type: 'ingress', cidr_blocks: ['10.0.0.0/8', '0.0.0.0/0'], from_port: 22, to_port: 22 },
    'lets in 0.0.0.0/0 on port 22',
  ],
  [
    'aws_security_group',
    { ingress: [{ cidr_blocks: ['0.0.0.0/0'], from_port: 80, to_port: 80 }] },
    'lets in 0.0.0.0/0 on port 80',
  ],
  ['aws_db_instance', { publicly_accessible: true }, 'has a public address'],
  ['aws_subnet', { map_public_ip_on_launch: true }, 'gives what starts in it a public address'],
  [
    'aws_s3_bucket_public_access_block',
    { block_public_policy: false, block_public_acls: true },
    'does not block public policy',
  ],
  ['aws_s3_bucket_acl', { acl: 'public-read' }, 'has the ACL public-read'],
  [
    'aws_eks_cluster',
    { vpc_config: [{ endpoint_public_access: true, public_access_cidrs: [] }] },
    "the cluster's API answers everybody: name public_access_cidrs",
  ],
  [
    'aws_eks_cluster',
    { vpc_config: [{ endpoint_public_access: true, public_access_cidrs: ['0.0.0.0/0'] }] },
    "the cluster's API answers everybody: name public_access_cidrs",
  ],
  ['aws_lb', { internal: false }, 'is a load balancer on the internet'],
  ['aws_lambda_function_url', { authorization_type: 'NONE' }, 'answers without asking who'],
  [
    'aws_s3_bucket_policy',
    policy({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: '*' }),
    'policy lets everybody in: name a principal or a condition',
  ],
  [
    'aws_sqs_queue_policy',
    policy({ Effect: 'Allow', Principal: { AWS: ['*'] }, Action: 'sqs:*', Resource: '*' }),
    'policy lets everybody in: name a principal or a condition',
  ],
  ['aws_iam_role_policy', policy({ Effect: 'Allow', Action: '*', Resource: '*' }), 'policy allows * on everything'],
  [
    'aws_iam_policy',
    policy({ Effect: 'Allow', Action: ['s3:GetObject', 's3:*'], Resource: ['*'] }),
    'policy allows s3:* on everything',
  ],
  [
    'aws_iam_policy',
    policy({ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' }),
    'policy allows all but a few actions on everything (NotAction)',
  ],
  [
    'aws_iam_role',
    { assume_role_policy: policy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }).policy },
    'assume_role_policy lets everybody in: name a principal or a condition',
  ],
  [
    'aws_iam_role_policy_attachment',
    { policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    'may do everything (arn:aws:iam::aws:policy/AdministratorAccess)',
  ],
])('%s %j: %s', (type, values, words) => {
  expect(openingsOf(type, values)).toEqual([words]);
});

test.each<[string, Record<string, unknown>]>([
  ['aws_vpc_security_group_ingress_rule', { cidr_ipv4: '10.0.0.0/16', from_port: 443, to_port: 443 }],
  ['aws_vpc_security_group_ingress_rule', { referenced_security_group_id: 'sg-1' }],
  ['aws_vpc_security_group_egress_rule', { cidr_ipv4: '0.0.0.0/0' }],
  ['aws_security_group_rule', { type: 'egress', cidr_blocks: ['0.0.0.0/0'] }],
  ['aws_route', { destination_cidr_block: '0.0.0.0/0' }],
  ['aws_eks_cluster', { vpc_config: [{ endpoint_public_access: true, public_access_cidrs: ['198.51.100.0/24'] }] }],
  ['aws_s3_bucket_policy', policy({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' })],
  [
    'aws_s3_bucket_policy',
    policy({
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:*',
      Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
    }),
  ],
  [
    'aws_kms_key',
    policy({ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: 'kms:*', Resource: '*' }),
  ],
  ['aws_iam_role_policy', policy({ Effect: 'Allow', Action: ['ec2:Describe*'], Resource: '*' })],
  ['aws_iam_role_policy', policy({ Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::one/*' })],
  ['aws_ses_email_identity', { policy: 'no JSON at all' }],
])('%s %j opens nothing', (type, values) => {
  expect(openingsOf(type, values)).toEqual([]);
});

test('a resource that is not there opens nothing', () => {
  expect(openingsOf('aws_db_instance', null)).toEqual([]);
});
