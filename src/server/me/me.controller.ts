import { RequestMethod } from '@nestjs/common';
import { ApiProperty, ApiSchema, ApiTags } from '@nestjs/swagger';
import { ApiController } from '../../http/routes/api-controller.decorator.js';
import { getKey } from '../../http/caller.js';
import { Route, type RouteInput } from '../../http/routes/route.decorator.js';
import { type Scope, SCOPES } from '../../http/scopes.js';

@ApiSchema({ name: 'Share' })
class ShareDto {
  @ApiProperty({ example: 'job_20241116100000_8f14e45fceea167a5a36' })
  job_id!: string;

  @ApiProperty({ format: 'date-time', example: '2024-11-17T10:00:00.000Z' })
  expires_at!: string;
}

@ApiSchema({ name: 'Me' })
class MeDto {
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'field-team',
    description: 'The name of the key, or null for a shared link and in a server without keys.',
  })
  name!: string | null;

  @ApiProperty({
    enum: SCOPES,
    isArray: true,
    example: ['read', 'submit'],
    description: 'The scopes of the key. A server without keys allows everything.',
  })
  scopes!: readonly Scope[];

  @ApiProperty({
    type: ShareDto,
    nullable: true,
    example: null,
    description: 'The job that a shared link opens, or null for a key.',
  })
  share!: ShareDto | null;
}

/** Shows callers their own key. */
@ApiTags('callers')
@ApiController('me')
export class MeController {
  @Route(RequestMethod.GET, '', {
    id: 'getMe',
    scope: 'any',
    summary: 'Get the name and the scopes of the key',
    answer: { type: MeDto, description: 'The name and the scopes of the key.' },
  })
  async me({ request }: RouteInput): Promise<MeDto> {
    const { name, scopes, share } = getKey(request) ?? { name: null, scopes: SCOPES };
    if (share === undefined) return { name, scopes, share: null };
    // The name of the key that made a link is not for whoever opens it.
    return { name: null, scopes, share: { job_id: share.jobId, expires_at: share.expiresAt.toISOString() } };
  }
}
