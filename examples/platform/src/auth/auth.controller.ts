import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { IsString, MinLength } from 'class-validator';
import { AuthService } from './auth.service.js';

class Credentials {
  @IsString()
  @MinLength(1)
  name!: string;

  @IsString()
  @MinLength(8)
  password!: string;
}

@Controller('auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @Post('users')
  async signUp(@Body() { name, password }: Credentials): Promise<{ name: string }> {
    await this.auth.signUp(name, password);
    return { name };
  }

  @Post('tokens')
  @HttpCode(200)
  async signIn(@Body() { name, password }: Credentials): Promise<{ token: string }> {
    return { token: await this.auth.signIn(name, password) };
  }
}
