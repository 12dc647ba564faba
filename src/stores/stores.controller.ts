import { Delete, Get, HttpCode, Inject, Post, Put, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { InvalidInputError, NotFoundError } from '../http/api-error.js';
import { ApiController } from '../http/api-controller.decorator.js';
import { ApiErrors, ApiPageQuery } from '../http/api-docs.js';
import { HTTP_OPTIONS, type HttpOptions } from '../http/http.options.js';
import type { Page } from '../http/page.js';
import { PathParam, QueryOf, RawBody } from '../http/query.decorator.js';
import { parseInput } from '../http/validation.js';
import { withUploadedCsv } from './csv-upload.js';
import { ImportResultDto, ListStoresQuery, PutStoreDto, StoreDto, StorePageDto } from './dto/store.dto.js';
import type { Store } from './store.entity.js';
import { storeId as storeIdRule } from './store.rules.js';
import { type ImportResult, StoresService } from './stores.service.js';

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
  @ApiOperation({ summary: 'List stores in the order of their ids' })
  @ApiQuery({ name: 'area_code', required: false, type: String })
  @ApiQuery({
    name: 'q',
    required: false,
    type: String,
    description: 'A part of the name or id, in any case.',
  })
  @ApiPageQuery()
  @ApiOkResponse({ type: StorePageDto })
  @ApiErrors({ 400: 'A parameter is wrong.' })
  async list(@QueryOf(ListStoresQuery) query: ListStoresQuery): Promise<Page<Store>> {
    return this.stores.list({ areaCode: query.area_code, part: query.q }, query);
  }

  @Post('import')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Import a store master as CSV',
    description:
      'Columns `AreaCode,StoreName,StoreID` in any order. Good rows are applied, the others are told.',
  })
  @ApiConsumes('text/csv', 'multipart/form-data')
  @ApiBody({
    schema: { type: 'string', example: CSV_EXAMPLE },
    description: 'The file itself, or a form with the file in the field `file`.',
  })
  @ApiOkResponse({ type: ImportResultDto })
  @ApiErrors({ 400: 'An unknown header or broken CSV. Nothing is changed.', 415: 'Neither CSV nor a form.' })
  async import(@Req() request: Request): Promise<ImportResult> {
    return withUploadedCsv(request, this.http.bodyPace, (csv) => this.stores.importCsv(csv));
  }

  @Get(':store_id')
  @ApiOperation({ summary: 'A store' })
  @ApiParam({ name: 'store_id', type: String, example: 'RP00002' })
  @ApiOkResponse({ type: StoreDto })
  @ApiErrors({ 404: 'Store not found' })
  async get(@PathParam('store_id') storeId: string): Promise<Store> {
    return this.stores.get(knownId(storeId));
  }

  @Put(':store_id')
  @HttpCode(200)
  @ApiOperation({ summary: 'Make or change a store' })
  @ApiParam({ name: 'store_id', type: String, example: 'RP00002' })
  @ApiBody({ type: PutStoreDto })
  @ApiOkResponse({ type: StoreDto, description: 'Changed.' })
  @ApiCreatedResponse({ type: StoreDto, description: 'Made.' })
  @ApiErrors({ 400: 'A field is wrong.', 415: 'The body is not JSON.' })
  async put(
    @PathParam('store_id') storeId: string,
    @RawBody() body: unknown,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Store> {
    const fault = storeIdRule(storeId);
    if (typeof fault === 'string') throw new InvalidInputError([{ path: 'store_id', message: fault }]);
    const { store_name, area_code } = parseInput(PutStoreDto, body, 'body');
    const store = { store_id: storeId, store_name, area_code };
    if (await this.stores.put(store)) response.status(201);
    return store;
  }

  @Delete(':store_id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete a store',
    description: 'Visits that were submitted keep what they know of it.',
  })
  @ApiParam({ name: 'store_id', type: String, example: 'RP00002' })
  @ApiNoContentResponse()
  @ApiErrors({ 404: 'Store not found' })
  async delete(@PathParam('store_id') storeId: string): Promise<void> {
    await this.stores.delete(knownId(storeId));
  }
}

/** An id that no store can have is the id of none. */
function knownId(storeId: string): string {
  if (storeIdRule(storeId) !== undefined) throw new NotFoundError('Store not found', 'store_not_found');
  return storeId;
}
