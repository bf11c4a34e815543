import { isAction, type Step, stepsOf, type Workflow } from '../workflow.ts';
import type { Rule } from './rule.ts';

const pushes = (workflow: Workflow): readonly Step[] =>
  stepsOf(workflow)
    .map(({ step }) => step)
    .filter((step) => isAction(step, 'docker/build-push-action'));
const metadata = (workflow: Workflow): readonly Step[] =>
  stepsOf(workflow)
    .map(({ step }) => step)
    .filter((step) => isAction(step, 'docker/metadata-action'));
const saying = (step: Step, key: string): string => String(step.with[key] ?? '');

/** E3-1: the second of two images under one name replaces the first. */
const ownNames: Rule = {
  id: 'E3-1',
  find: (workflow) =>
    workflow.jobs.flatMap(({ steps }) => {
      const built = steps.filter((step) => isAction(step, 'docker/build-push-action'));
      return built
        .filter((step, index) => built.findIndex((one) => saying(one, 'tags') === saying(step, 'tags')) < index)
        .map((step) => ({ at: step.path, message: 'has the tags of another image of this job, and replaces it' }));
    }),
};

/** E3-2, E3-22: a digest names one image for ever; the tag has 7 digits of the commit where the deploy has 40. */
const byDigest: Rule = {
  id: 'E3-2',
  find: (workflow) =>
    stepsOf(workflow).flatMap(({ step }) =>
      /:[\w-]*\$\{\{ *github\.sha/.test(step.run ?? '')
        ? [{ at: step.path, message: 'an image by a tag made of the commit: go by the digest that the build gave' }]
        : [],
    ),
};

/** E0-7: an image for each branch is one that the environment below has never tried. */
const oneForAll: Rule = {
  id: 'E0-7',
  find: (workflow) =>
    stepsOf(workflow).flatMap(({ step }) => {
      const branch = /kubectl set image[^;]*:(\w+)-\$\{\{/.exec(step.run ?? '')?.[1];
      return branch === undefined
        ? []
        : [{ at: step.path, message: `an image of the branch ${branch} alone: deliver the one that was tried below` }];
    }),
};

const branchInTag: Rule = {
  id: 'E3-3',
  find: (workflow) =>
    metadata(workflow).flatMap((step) =>
      saying(step, 'tags').includes('{{branch}}')
        ? [{ at: step.path, message: '{{branch}} is empty on pull requests, and "-abc1234" is no tag' }]
        : [],
    ),
};

const noPushFromRequests: Rule = {
  id: 'E3-4',
  find: (workflow) =>
    pushes(workflow).flatMap((step) =>
      step.with.push === true && 'pull_request' in workflow.on
        ? [{ at: step.path, message: 'pushes on pull requests as well: what is not reviewed is not published' }]
        : [],
    ),
};

const semver: Rule = {
  id: 'E3-5',
  find: (workflow) =>
    metadata(workflow).flatMap((step) =>
      saying(step, 'tags').includes('type=semver') && workflow.on.push?.tags === undefined
        ? [{ at: step.path, message: 'type=semver needs a push of tags, and none starts this workflow' }]
        : [],
    ),
};

/** E3-6: GitHub keeps capitals in a repository's name, registries refuse them. */
const lowerCase: Rule = {
  id: 'E3-6',
  find: (workflow) => [
    ...Object.entries(workflow.env).flatMap(([name, value]) =>
      /IMAGE/.test(name) && /^\$\{\{ *github\.repository *\}\}$/.test(String(value))
        ? [{ at: ['env', name], message: 'may have capitals, which an image must not: make it lower case' }]
        : [],
    ),
  ],
};

const ownCache: Rule = {
  id: 'E3-7',
  find: (workflow) =>
    pushes(workflow).flatMap((step) =>
      saying(step, 'cache-to').includes('type=gha') && !saying(step, 'cache-to').includes('scope=')
        ? [{ at: step.path, message: 'shares its cache with every other image: give it a scope' }]
        : [],
    ),
};

/** E3-32: what nobody can trace, nobody can trust. */
const provenance: Rule = {
  id: 'E3-32',
  find: (workflow) =>
    pushes(workflow).flatMap((step) => {
      const has = (action: string) => stepsOf(workflow).some((one) => isAction(one.step, action));
      const isTraced = 'provenance' in step.with && 'sbom' in step.with && has('actions/attest-build-provenance');
      return isTraced && stepsOf(workflow).some(({ step: { run = '' } }) => run.includes('cosign sign'))
        ? []
        : [{ at: step.path, message: 'is pushed without provenance, SBOM, attestation and signature' }];
    }),
};

/** E3-13: what is delivered is an image; a scan of the sources does not see its base. */
const scanned: Rule = {
  id: 'E3-13',
  find: (workflow) => [
    ...pushes(workflow).flatMap((step) =>
      stepsOf(workflow).some((one) => isAction(one.step, 'aquasecurity/trivy-action') && 'image-ref' in one.step.with)
        ? []
        : [{ at: step.path, message: 'is never scanned: scan it by its digest before it is delivered' }],
    ),
    ...stepsOf(workflow).flatMap(({ step }) =>
      isAction(step, 'aquasecurity/trivy-action') && String(step.with['exit-code'] ?? '0') !== '1'
        ? [{ at: step.path, message: 'finds and passes: exit-code 1' }]
        : [],
    ),
    ...stepsOf(workflow).flatMap(({ step }) =>
      /npm audit/.test(step.run ?? '') && step['continue-on-error'] === true
        ? [{ at: step.path, message: 'an audit that cannot fail is none' }]
        : [],
    ),
    ...stepsOf(workflow).flatMap(({ step }) =>
      step.uses?.includes('/upload-sarif@') && !step.if?.includes('always()')
        ? [{ at: step.path, message: 'is skipped just when something was found: if: always()' }]
        : [],
    ),
  ],
};

export const imageRules: readonly Rule[] = [
  ownNames,
  byDigest,
  oneForAll,
  branchInTag,
  noPushFromRequests,
  semver,
  lowerCase,
  ownCache,
  provenance,
  scanned,
];
