import { defineConfig, mergeConfig } from 'vitest/config';
import everything from './vitest.config.ts';

// What needs a real kube-apiserver: KUBEBUILDER_ASSETS names the folder that has it and etcd.
export default mergeConfig(
  defineConfig({ ...everything, test: { ...everything.test, include: [] } }),
  defineConfig({ test: { include: ['packages/*/src/**/*.cluster.ts'], fileParallelism: false } }),
);
