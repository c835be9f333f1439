import { note, type ApiContext } from '../context.ts';
import { age } from '../output/age.ts';
import { printList, printText } from '../output/print.ts';
import { confirmDestruction } from '../prompts.ts';

export async function projectsLs(context: ApiContext): Promise<void> {
  const { items } = await context.api.listProjects();
  await printList(context, {
    items,
    name: (project) => project.name,
    empty: 'There are no projects.',
    columns: [
      { title: 'NAME', value: (project) => project.name },
      { title: 'AGE', value: (project) => age(project.createdAt, context.now()) },
    ],
  });
}

export async function projectsCreate(context: ApiContext, args: { name: string }): Promise<void> {
  const project = await context.api.createProject(args.name);
  await printText(context, `Created project ${project.name}.`, { value: project, name: project.name });
}

export async function projectsRm(context: ApiContext, args: { name: string }): Promise<void> {
  await confirmDestruction(context, `Delete project ${args.name}?`);
  await context.api.deleteProject(args.name);
  await note(context, `Deleted project ${args.name}.`);
}
