import path from 'node:path';
import { firstLineOf, matching, run } from './run.js';

const here = (file) => path.relative('.', path.resolve(file));
const workflows = matching(/^\.github\/workflows\/.*\.ya?ml$/);
const actions = matching(/^\.github\/.*\.ya?ml$/);
const yamls = matching(/\.ya?ml$/).filter((file) => !/^(packages|bench)\/.*\/(testing|test)\//.test(file));
const dockerfiles = matching(/(^|\/)(Dockerfile|.*\.Dockerfile)$/);
const scripts = matching(/^(\.ci|\.github|terraform|k8s|bench|scenarios)\/|\.sh$/).filter((file) =>
  /^#!.*\b(ba)?sh$/.test(firstLineOf(file)),
);
const manifests = matching(/^k8s\/.*\.ya?ml$/).filter((file) => !file.endsWith('kustomization.yaml'));
const modules = [...new Set(matching(/^terraform\/.*\.tf$/).map((file) => path.dirname(file)))].sort();

/** Each answers what it looked at, in words, and what it found. One with nothing to look at does not run. */
export const judges = {
  actionlint: {
    looksAt: workflows,
    judge: async () => {
      const found = JSON.parse(await run('actionlint', ['-format', '{{json .}}', ...workflows]));
      return {
        scanned: counted(workflows.length, 'workflow'),
        findings: found.map(({ kind, filepath, line, message }) => ({ id: kind, file: filepath, line, message })),
      };
    },
  },
  zizmor: {
    looksAt: actions,
    judge: async () => {
      const found = JSON.parse(
        await run('zizmor', ['--offline', '--no-progress', '--no-exit-codes', '--format', 'json', ...actions]),
      );
      return { scanned: counted(actions.length, 'file'), findings: found.map(zizmorFinding) };
    },
  },
  checkov: { looksAt: [...modules, ...manifests, ...dockerfiles, ...workflows], judge: checkov },
  hadolint: {
    looksAt: dockerfiles,
    judge: async () => {
      const found = JSON.parse(await run('hadolint', ['--format', 'json', ...dockerfiles]));
      return {
        scanned: counted(dockerfiles.length, 'Dockerfile'),
        findings: found.map(({ code, file, line, message }) => ({ id: code, file, line, message })),
      };
    },
  },
  shellcheck: {
    looksAt: scripts,
    judge: async () => {
      const found = JSON.parse(await run('shellcheck', ['--format', 'json', '--external-sources', ...scripts]));
      return {
        scanned: counted(scripts.length, 'script'),
        findings: found.map(({ code, file, line, message }) => ({ id: `SC${code}`, file, line, message })),
      };
    },
  },
  yamllint: {
    looksAt: yamls,
    judge: async () => {
      const said = await run('yamllint', [
        '--format',
        'parsable',
        '--config-file',
        '.ci/judge/yamllint.yaml',
        ...yamls,
      ]);
      return { scanned: counted(yamls.length, 'file'), findings: said.split('\n').flatMap(yamllintFinding) };
    },
  },
  'kubernetes-validate': {
    looksAt: manifests,
    judge: async () => {
      const said = await run('kubernetes-validate', ['--strict', '--kubernetes-version', '1.36', ...manifests]);
      const findings = said.split('\n').flatMap((line) => {
        const [, level, file, message] = /^(\w+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
        return level === 'FAIL' || level === 'ERROR' ? [{ id: 'schema', file, line: 1, message }] : [];
      });
      const known = said.match(/^(INFO|ERROR|FAIL) .* (passed|did not validate) for resource /gm)?.length ?? 0;
      const unknown = said.match(/^WARN /gm)?.length ?? 0;
      const looked = `${counted(known, 'resource')} in ${counted(manifests.length, 'file')}, ${unknown} without a schema`;
      return { scanned: looked, findings };
    },
  },
  compose: {
    looksAt: matching(/^compose\.yaml$/),
    judge: async () => {
      const schema = path.join(process.env.PLUMBLINE_JUDGES, 'compose-spec-2.16.2.json');
      const services = Object.keys(
        JSON.parse(await run('python', ['.ci/judge/compose.py', schema, 'compose.yaml', '--names'])),
      );
      const found = JSON.parse(await run('python', ['.ci/judge/compose.py', schema, 'compose.yaml']));
      return {
        scanned: counted(services.length, 'service'),
        findings: found.map(({ at, message }) => ({
          id: 'schema',
          file: 'compose.yaml',
          line: 1,
          message: `${at}: ${message}`,
        })),
      };
    },
  },
  tflint: {
    // Takes minutes to build: the one judge that may be missing.
    tool: 'tflint',
    looksAt: modules,
    judge: async () => {
      const findings = [];
      for (const folder of modules) {
        const said = await run('tflint', [`--chdir=${folder}`, '--format=json'], { findsWith: [0, 2] });
        for (const { rule, message, range } of JSON.parse(said).issues)
          findings.push({ id: rule.name, file: path.join(folder, range.filename), line: range.start.line, message });
      }
      return { scanned: counted(modules.length, 'module'), findings };
    },
  },
};

const counted = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`;

function zizmorFinding({ ident, desc, locations }) {
  const at = locations.find(({ symbolic }) => symbolic.kind === 'Primary') ?? locations[0];
  const local = at.symbolic.key.Local;
  return {
    id: ident,
    file: here(local.given_path ?? local.verbatim_path ?? ''),
    line: at.concrete.location.start_point.row + 1,
    message: desc,
  };
}

const yamllintFinding = (said) => {
  const [, file, line, message, id] = /^(.+?):(\d+):\d+: \[\w+\] (.*) \((\S+)\)$/.exec(said) ?? [];
  return file === undefined ? [] : [{ id, file, line: Number(line), message }];
};

async function checkov() {
  const frameworks = ['terraform', 'kubernetes', 'dockerfile', 'github_actions'];
  const said = await run('checkov', [
    ...['--directory', '.', '--output', 'json', '--compact', '--quiet', '--skip-download'],
    ...['--framework', ...frameworks],
    ...['node_modules', 'fixtures', 'dist', '.plumbline', 'packages', 'scenarios'].flatMap((one) => [
      '--skip-path',
      one,
    ]),
  ]);
  const reports = [JSON.parse(said)].flat().filter(({ results }) => results !== undefined);
  const looked = reports.map(
    ({ check_type: type, summary }) => `${type} ${summary.resource_count} resources, ${summary.passed} passed`,
  );
  const unread = reports.flatMap(({ results }) => results.parsing_errors ?? []);
  return {
    scanned: looked.join('; '),
    findings: [
      ...unread.map((file) => ({ id: 'unread', file: here(file), line: 1, message: 'cannot be parsed' })),
      ...reports.flatMap(({ results }) =>
        results.failed_checks.map((one) => ({
          id: one.check_id,
          file: one.file_path.replace(/^\/+/, ''),
          line: one.file_line_range[0],
          resource: one.resource,
          message: `${one.check_name} (${one.resource})`,
        })),
      ),
    ],
  };
}
