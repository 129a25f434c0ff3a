/** Opens the data set that the options name, with the bars and lines that go with it. */
import type { Dataset } from "../data/dataset.ts";
import { openDataset, type OpenOptions } from "../data/open.ts";
import { type DatasetFiles, locateDataset, openFiles } from "./dataset-path.ts";

/** The columns as the options name them. */
export interface ColumnValues {
  readonly geneCol: string;
  readonly positionCol: string;
  readonly chromCol: string;
  readonly donorScoreCol: string;
  readonly acceptorScoreCol: string;
  readonly labelCol?: string;
}

/** The column options of `openDataset`. */
export function columnOptions(values: ColumnValues): OpenOptions {
  const { geneCol, positionCol, chromCol, donorScoreCol, acceptorScoreCol, labelCol } = values;
  return {
    geneCol,
    positionCol,
    chromCol,
    donorScoreCol,
    acceptorScoreCol,
    ...(labelCol === undefined ? {} : { labelCol }),
  };
}

/** An open data set; `close` frees its files. */
export interface OpenedData {
  readonly files: DatasetFiles;
  readonly data: Dataset;
  close(): void;
}

/**
 * Locates and opens a data set.
 * @param path what --dataset says
 * @param said takes the sentence on which files are read
 */
export async function openData(
  path: string,
  options: OpenOptions,
  said: (text: string) => void,
): Promise<OpenedData> {
  const files = await locateDataset(path);
  said(files.said);
  const { sources, close } = openFiles(files);
  try {
    return { files, data: await openDataset(sources, options), close };
  } catch (error) {
    close();
    throw error;
  }
}
