import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { Request } from 'express';
import { rememberCaller } from 'shelfline';

/** Lets signed-in users in, to the platform's own routes and to Shelfline's. */
@Injectable()
export class JwtGuard implements CanActivate {
  constructor(private readonly tokens: JwtService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    const [, token = ''] = /^Bearer (.+)$/.exec(request.get('authorization') ?? '') ?? [];
    const user = await this.tokens.verifyAsync<{ sub: string }>(token).catch(() => {
      throw new UnauthorizedException('Sign in first.');
    });
    request.user = Number(user.sub);
    // Idempotency keys belong to the user that sent them.
    rememberCaller(request, user.sub);
    return true;
  }
}

declare module 'express-serve-static-core' {
  interface Request {
    /** The id of the user that the guard let in. */
    user?: number;
  }
}
