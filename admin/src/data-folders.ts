import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** Where the platform keeps its data: the database's file and `settings.env`, and the two services' `DATA_DIR`s. */
export type DataFolders = { data: string; builder: string; controller: string };

export function dataFolders(options: {
  dataDir: string;
  builderDir?: string;
  controllerDir?: string;
}): DataFolders {
  const data = path.resolve(options.dataDir);
  return {
    data,
    builder: path.resolve(options.builderDir ?? path.join(data, 'builder')),
    controller: path.resolve(options.controllerDir ?? path.join(data, 'controller')),
  };
}

/** The names in a folder, sorted; none when there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
