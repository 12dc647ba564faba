import { Inject, RequestMethod } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { InvalidInputError } from '../http/errors/api-error.js';
import { ApiController } from '../http/routes/api-controller.decorator.js';
import { JSON_BODY_ERRORS, textSchema, TOO_MANY_EXPORTS } from '../http/routes/api-docs.js';
import { getFairnessKey } from '../http/caller.js';
import { HTTP_OPTIONS, type HttpOptions } from '../http/http.options.js';
import type { Page } from '../http/input/page.js';
import { Answer, type StreamedAnswer } from '../http/routes/answer.js';
import { iterateParts } from '../http/input/iterate-pages.js';
import { exportable, type ExportQuery } from '../http/tables/exportable-query.js';
import { FILES_DESCRIPTION } from '../http/tables/list-docs.js';
import { TableExports } from '../http/tables/table-exports.js';
import { STORE_TABLE } from './store-table.js';
import { Route, type RouteInput } from '../http/routes/route.decorator.js';
import { withUploadedCsv } from './csv-upload.js';
import {
  ImportResultDto,
  ListStoresQuery,
  PutStoreDto,
  STORE_LIST,
  StoreDto,
  StorePageDto,
} from './dto/store.dto.js';
import { storeId as storeIdRule } from './store.rules.js';
import { StoresService } from './stores.service.js';

const CSV_EXAMPLE =
  'AreaCode,StoreName,StoreID,Latitude,Longitude,RadiusMeters\n' +
  '7100015,Corner Market,RP00002,12.9716,77.5946,200\n7100015,"Fern, Moss & Co",RP00003,,,\n';

const STORE_ID = { description: 'The id of the store.', example: 'RP00002' };

/** The store master. */
@ApiTags('stores')
@ApiController('stores')
export class StoresController {
  constructor(
    private readonly stores: StoresService,
    private readonly files: TableExports,
    @Inject(HTTP_OPTIONS) private readonly http: HttpOptions,
  ) {}

  @Route(RequestMethod.GET, '', {
    id: 'listStores',
    scope: 'read',
    summary: 'List stores in order of their ids',
    description: FILES_DESCRIPTION,
    query: exportable(ListStoresQuery),
    models: [StorePageDto],
    answer: { description: 'A page of stores, or a file with all of them.', content: STORE_LIST },
    errors: { 429: TOO_MANY_EXPORTS },
  })
  async list({
    query,
    request,
    response,
  }: RouteInput<ListStoresQuery & ExportQuery>): Promise<Page<StoreDto> | StreamedAnswer> {
    const filter = { areaCode: query.area_code, q: query.q };
    const file = await this.files.answer(
      { query, request, response },
      {
        name: 'stores',
        nameParts: [query.area_code],
        table: STORE_TABLE,
        readParts: async () => iterateParts((page) => this.stores.list({ ...filter, ...page })),
        countRows: (max) => this.stores.countUpTo(max + 1, filter),
      },
    );
    return file ?? this.stores.list({ ...filter, limit: query.limit, cursor: query.cursor });
  }

  @Route(RequestMethod.POST, 'import', {
    id: 'importStores',
    scope: 'manage',
    audit: 'import_stores',
    summary: 'Import a store master as CSV',
    description:
      'A spreadsheet with the columns `AreaCode,StoreName,StoreID` and optionally `Latitude,Longitude,RadiusMeters` in any order ' +
      'and case, separated by commas, semicolons or tabs, in UTF-8 or in UTF-16 with a byte order mark. Valid rows are applied, ' +
      'and the response lists the others. If two rows of a store have different values, the second row is rejected. A column ' +
      'that the file does not have leaves the values of the stores, and an empty cell clears them.',
    requestBody: {
      required: true,
      description: 'The file itself, or a form with the file in the field `file`.',
      content: {
        'text/csv': { schema: { type: 'string' }, example: CSV_EXAMPLE },
        'multipart/form-data': {
          schema: {
            type: 'object',
            required: ['file'],
            properties: {
              charset: {
                type: 'string',
                description:
                  'The charset of the file. The default is UTF-8. The field has to come before the file.',
              },
              file: { type: 'string', format: 'binary' },
            },
          },
          example: { file: CSV_EXAMPLE },
        },
      },
    },
    answer: { type: ImportResultDto, description: 'The number of rows by result.' },
    errors: {
      400: 'An unknown header, broken CSV, or too many rejected rows. Nothing is changed.',
      408: 'The body came too slowly.',
      413: 'The file is larger than the limit.',
      415: 'Neither CSV nor a form, or with a Content-Encoding or a charset that is not known.',
    },
  })
  async import({ request }: RouteInput): Promise<ImportResultDto> {
    const { maxRejectedRows, importStallMs: stallMs } = this.http;
    const options = { maxRejectedRows, stallMs, caller: getFairnessKey(request) };
    return withUploadedCsv(request, this.http, (csv, charset) =>
      this.stores.importCsv(csv, { ...options, charset }),
    );
  }

  @Route(RequestMethod.GET, ':store_id', {
    id: 'getStore',
    scope: 'read',
    summary: 'Get a store',
    params: { store_id: STORE_ID },
    answer: { type: StoreDto, description: 'The store.' },
    errors: { 404: 'Store not found' },
  })
  async get({ params }: RouteInput): Promise<StoreDto> {
    return this.stores.get(params['store_id'] ?? '');
  }

  @Route(RequestMethod.PUT, ':store_id', {
    id: 'putStore',
    scope: 'manage',
    audit: 'put_store',
    summary: 'Create or change a store',
    description: 'An absent field of an existing store stays, and null clears a number.',
    params: { store_id: { ...STORE_ID, schema: textSchema(1, 64) } },
    body: PutStoreDto,
    answer: { type: StoreDto, description: 'The store was changed.' },
    otherAnswers: [{ status: 201, type: StoreDto, description: 'The store was created.' }],
    errors: { ...JSON_BODY_ERRORS, 400: 'A field or the path is wrong.' },
  })
  async put({ params: { store_id = '' }, body }: RouteInput<object, PutStoreDto>): Promise<Answer<StoreDto>> {
    const fault = storeIdRule(store_id);
    if (typeof fault === 'string') throw new InvalidInputError([{ path: 'store_id', message: fault }]);
    const { store, isNew } = await this.stores.change(Object.assign(body, { store_id }));
    return new Answer(store, { status: isNew ? 201 : 200 });
  }

  @Route(RequestMethod.DELETE, ':store_id', {
    id: 'deleteStore',
    scope: 'manage',
    audit: 'delete_store',
    summary: 'Delete a store',
    description: 'Submitted visits keep their store id and area code.',
    params: { store_id: STORE_ID },
    answer: { status: 204, description: 'The store was deleted.' },
    errors: { 404: 'Store not found' },
  })
  async delete({ params }: RouteInput): Promise<void> {
    await this.stores.delete(params['store_id'] ?? '');
  }
}
