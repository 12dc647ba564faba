import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { ConflictException, Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { User } from './user.entity.js';

@Injectable()
export class AuthService {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly tokens: JwtService,
  ) {}

  async signUp(name: string, password: string): Promise<void> {
    if (await this.users.existsBy({ name })) throw new ConflictException('This name is taken.');
    const salt = randomBytes(16);
    const secret = `${salt.toString('hex')}:${scryptSync(password, salt, 32).toString('hex')}`;
    await this.users.insert({ name, secret });
  }

  async signIn(name: string, password: string): Promise<string> {
    const user = await this.users.findOneBy({ name });
    const [salt = '', hash = ''] = user?.secret.split(':') ?? [];
    const given = scryptSync(password, Buffer.from(salt, 'hex'), 32);
    if (user === null || !timingSafeEqual(given, Buffer.from(hash, 'hex')))
      throw new UnauthorizedException('Wrong name or password.');
    return this.tokens.signAsync({ sub: String(user.id) });
  }
}
