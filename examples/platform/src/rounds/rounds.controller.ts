import { Body, Controller, Get, Post, Req, UseGuards } from '@nestjs/common';
import { IsArray, IsString, Length } from 'class-validator';
import type { Request } from 'express';
import type { Submission } from 'shelfline';
import { JwtGuard } from '../auth/jwt.guard.js';
import type { Round } from './round.entity.js';
import { RoundsService } from './rounds.service.js';

class NewRound {
  @IsString()
  @Length(1, 200)
  title!: string;

  /** Checked by Shelfline, by the rules of its own API. */
  @IsArray()
  visits!: Submission['visits'];
}

@Controller('rounds')
@UseGuards(JwtGuard)
export class RoundsController {
  constructor(private readonly rounds: RoundsService) {}

  @Post()
  async report(@Req() { user = 0 }: Request, @Body() { title, visits }: NewRound): Promise<Round> {
    return this.rounds.report(user, title, visits);
  }

  @Get()
  async list(@Req() { user = 0 }: Request): Promise<{ rounds: Round[] }> {
    return { rounds: await this.rounds.listOf(user) };
  }
}
