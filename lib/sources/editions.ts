import type { Edition, SourceConfig } from '../core/config.ts';
import type { PlanSource } from '../ports.ts';
import { createPipelinesSource } from './pipelines.ts';
import type { SourceEdges } from './project-calls.ts';
import { createServiceStageSource } from './servicestage.ts';

/** A line each: a build leaves out those that planwatch.yml does not name. */
export const editions: Readonly<Record<Edition, (config: SourceConfig, edges: SourceEdges) => PlanSource>> = {
  'release-plans': createServiceStageSource,
  pipelines: createPipelinesSource,
};

export const createSource = (config: SourceConfig, edges: SourceEdges): PlanSource =>
  editions[config.edition](config, edges);
