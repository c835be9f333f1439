import path from 'node:path';
import { formatBytes } from '@plat/platform-kit/units.ts';
import { copyDatabase } from '@plat/metadata-service/transfer/copy-database.ts';
import { Command, Option } from 'commander';
import { backup } from './backup.ts';
import type { AdminConfig } from './config.ts';
import { dataFolders } from './data-folders.ts';
import { restore } from './restore.ts';

type Folders = { dataDir: string; builderDir?: string; controllerDir?: string; databaseUrl?: string };

/** The commands of `plat-admin`. `print` takes one line. */
export function createProgram(config: AdminConfig, print: (line: string) => void): Command {
  const program = new Command('plat-admin')
    .description(
      'Looks after the data of a Plat installation: works on its database and folders, not over its API.',
    )
    .exitOverride()
    .showHelpAfterError('See plat-admin --help.');

  program
    .command('migrate-store')
    .description('Copies the whole record from one database to another, empty one. Stop the platform first.')
    .requiredOption('--from <url>', 'the database to read, such as sqlite:./.plat/plat.db')
    .requiredOption(
      '--to <url>',
      'the empty database to fill, such as postgres://user:password@host/database',
    )
    .action(async ({ from, to }: { from: string; to: string }) => {
      const counts = await copyDatabase({ from, to });
      for (const [table, rows] of counts) print(`${table.padEnd(16)} ${rows}`);
      print(
        'Copied and counted. Start the platform with DATABASE_URL set to the new database; the old one is as it was.',
      );
    });

  withFolders(program.command('backup'), config)
    .description('Writes the record, sources, logs and settings into one archive, while the platform runs.')
    .requiredOption('--out <file>', 'the archive to make: .tar, .tar.gz or .tgz')
    .action(async (options: Folders & { out: string }) => {
      const report = await backup({
        out: options.out,
        folders: dataFolders(options),
        databaseUrl: databaseUrl(options),
        settings: config.settings,
      });
      for (const digest of report.missing)
        print(`Warning: the source ${digest} is not there; its versions cannot be built again.`);
      const { rows, sources, logs, bytes } = report;
      print(`${options.out}: ${rows} rows, ${sources} sources, ${logs} logs, ${formatBytes(bytes)}.`);
      print(
        'It holds secrets (environments of functions, settings): only its owner can read it. Keep it so.',
      );
    });

  withFolders(program.command('restore'), config)
    .description('Restores a backup into an empty data folder and an empty database.')
    .argument('<file>', 'the archive')
    .action(async (archive: string, options: Folders) => {
      const { rows, files } = await restore({
        archive: path.resolve(archive),
        folders: dataFolders(options),
        databaseUrl: databaseUrl(options),
      });
      print(
        `Restored ${rows} rows and ${files} files. The settings of the backup are in settings.restored.env, for you to apply.`,
      );
      print('Start the platform: images that are not on this machine are built again from their sources.');
    });

  return program;
}

function withFolders(command: Command, config: AdminConfig): Command {
  return command
    .addOption(new Option('--data-dir <folder>', 'data folder of the platform').default(config.dataDir))
    .addOption(
      new Option(
        '--database-url <url>',
        'the database; <data-dir>/plat.db unless DATABASE_URL is set',
      ).default(config.databaseUrl, 'DATABASE_URL'),
    )
    .addOption(folderOption('--builder-dir <folder>', "the builder's DATA_DIR", config.builderDir, 'builder'))
    .addOption(
      folderOption(
        '--controller-dir <folder>',
        "the controller's DATA_DIR",
        config.controllerDir,
        'controller',
      ),
    );
}

function folderOption(flags: string, description: string, given: string | undefined, inData: string): Option {
  return new Option(flags, description).default(given, given ?? `<data-dir>/${inData}`);
}

function databaseUrl({ databaseUrl: url, dataDir }: Folders): string {
  return url ?? `sqlite:${path.join(path.resolve(dataDir), 'plat.db')}`;
}
