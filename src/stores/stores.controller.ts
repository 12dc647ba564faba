import { Delete, Get, HttpCode, Inject, Post, Put, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { InvalidInputError, NotFoundError } from '../http/api-error.js';
import { ApiController } from '../http/api-controller.decorator.js';
import {
  ApiErrors,
  ApiPageQuery,
  ApiTextQuery,
  BAD_PARAMETER,
  BAD_PATH,
  JSON_BODY_ERRORS,
  textSchema,
} from '../http/api-docs.js';
import { getFairnessKey } from '../http/caller.js';
import { HTTP_OPTIONS, type HttpOptions } from '../http/http.options.js';
import { parseQuery, pathParam } from '../http/request-input.js';
import { parseInput } from '../http/validation.js';
import { withUploadedCsv } from './csv-upload.js';
import { ImportResultDto, ListStoresQuery, PutStoreDto, StoreDto, StorePageDto } from './dto/store.dto.js';
import { storeId as storeIdRule } from './store.rules.js';
import { StoresService } from './stores.service.js';

const CSV_EXAMPLE =
  'AreaCode,StoreName,StoreID\n7100015,Corner Market,RP00002\n7100015,"Fern, Moss & Co",RP00003\n';

/** The store master. */
@ApiTags('stores')
@ApiController('stores')
export class StoresController {
  constructor(
    private readonly stores: StoresService,
    @Inject(HTTP_OPTIONS) private readonly http: HttpOptions,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listStores', summary: 'List stores in the order of their ids' })
  @ApiTextQuery('area_code', 64, 'Stores in this area.')
  @ApiTextQuery('q', 200, 'A part of the name or id, in any case.')
  @ApiPageQuery()
  @ApiOkResponse({ type: StorePageDto, description: 'A page of stores.' })
  @ApiErrors({ 400: BAD_PARAMETER })
  async list(@Req() request: Request, @Res() response: Response): Promise<void> {
    const query = parseQuery(ListStoresQuery, request);
    response.json(await this.stores.list({ areaCode: query.area_code, part: query.q }, query));
  }

  @Post('import')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'importStores',
    summary: 'Import a store master as CSV',
    description:
      'Columns `AreaCode,StoreName,StoreID` in any order. Good rows are applied, the others are told.',
    requestBody: {
      required: true,
      description: 'The file itself, or a form with the file in the field `file`.',
      content: {
        'text/csv': { schema: { type: 'string' }, example: CSV_EXAMPLE },
        'multipart/form-data': {
          schema: {
            type: 'object',
            required: ['file'],
            properties: { file: { type: 'string', format: 'binary' } },
          },
          example: { file: CSV_EXAMPLE },
        },
      },
    },
  })
  @ApiOkResponse({ type: ImportResultDto, description: 'What came of the rows.' })
  @ApiErrors({
    400: 'An unknown header, broken CSV, or too many rejected rows. Nothing is changed.',
    408: 'The body came too slowly.',
    413: 'The file is larger than the limit.',
    415: 'Neither CSV nor a form, or with a Content-Encoding.',
  })
  async import(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { maxRejectedRows, importStallMs: stallMs } = this.http;
    const options = { maxRejectedRows, stallMs, caller: getFairnessKey(request) };
    response.json(await withUploadedCsv(request, this.http, (csv) => this.stores.importCsv(csv, options)));
  }

  @Get(':store_id')
  @ApiOperation({ operationId: 'getStore', summary: 'A store' })
  @ApiParam({ name: 'store_id', type: String, description: 'The id of the store.', example: 'RP00002' })
  @ApiOkResponse({ type: StoreDto, description: 'The store.' })
  @ApiErrors({ 400: BAD_PATH, 404: 'Store not found' })
  async get(@Req() request: Request, @Res() response: Response): Promise<void> {
    response.json(await this.stores.get(knownIdIn(request)));
  }

  @Put(':store_id')
  @HttpCode(200)
  @ApiOperation({ operationId: 'putStore', summary: 'Make or change a store' })
  @ApiParam({
    name: 'store_id',
    schema: textSchema(1, 64),
    description: 'The id of the store.',
    example: 'RP00002',
  })
  @ApiBody({ type: PutStoreDto })
  @ApiOkResponse({ type: StoreDto, description: 'Changed.' })
  @ApiCreatedResponse({ type: StoreDto, description: 'Made.' })
  @ApiErrors({ ...JSON_BODY_ERRORS, 400: 'A field or the path is wrong.' })
  async put(@Req() request: Request, @Res() response: Response): Promise<void> {
    const storeId = pathParam(request, 'store_id');
    const fault = storeIdRule(storeId);
    if (typeof fault === 'string') throw new InvalidInputError([{ path: 'store_id', message: fault }]);
    const { store_name, area_code } = parseInput(PutStoreDto, request.body, 'body');
    const store = { store_id: storeId, store_name, area_code };
    if (await this.stores.put(store)) response.status(201);
    response.json(store);
  }

  @Delete(':store_id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteStore',
    summary: 'Delete a store',
    description: 'Visits that were submitted keep what they know of it.',
  })
  @ApiParam({ name: 'store_id', type: String, description: 'The id of the store.', example: 'RP00002' })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiErrors({ 400: BAD_PATH, 404: 'Store not found' })
  async delete(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.stores.delete(knownIdIn(request));
    response.end();
  }
}

/** The id in the path. One that no store can have is the id of none. */
function knownIdIn(request: Request): string {
  const storeId = pathParam(request, 'store_id');
  if (storeIdRule(storeId) !== undefined) throw new NotFoundError('Store not found', 'store_not_found');
  return storeId;
}
