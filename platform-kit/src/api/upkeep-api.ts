import { z } from 'zod';
import { Check } from '../checks.ts';
import { GarbageReport } from '../garbage.ts';
import { defineRoute } from './route.ts';

const DoctorView = z.object({
  version: z.string().meta({ description: 'Of the platform.' }),
  items: z.array(Check),
});

export const upkeepApi = {
  examine: defineRoute({
    method: 'get',
    path: '/doctor',
    tag: 'Platform',
    summary: 'Examine the platform: what every service measures about its own things',
    description: 'Takes as long as the slowest check, up to half a minute.',
    action: 'system.maintain',
    answer: { status: 200, json: DoctorView },
    problems: [],
  }),
  mend: defineRoute({
    method: 'post',
    path: '/doctor/fix',
    tag: 'Platform',
    summary: 'Examine the platform and mend what can be mended safely',
    action: 'system.maintain',
    answer: { status: 200, json: DoctorView },
    problems: [],
  }),
  collectGarbage: defineRoute({
    method: 'post',
    path: '/gc',
    tag: 'Platform',
    summary: 'Remove what nobody refers to any more, or say what that would be',
    action: 'system.maintain',
    body: { json: z.strictObject({ dryRun: z.boolean().default(false) }), isOptional: true },
    answer: { status: 200, json: GarbageReport },
    problems: [],
  }),
};
