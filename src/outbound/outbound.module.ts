import { type DynamicModule, Module } from '@nestjs/common';
import { AddressRule } from './address-rule.js';
import { HostRule } from './host-rule.js';
import { LOOKUP, systemLookup } from './lookup.js';
import { Sources } from './sources/sources.js';

/** The rules for outgoing connections: permitted addresses, hosts and sources. */
@Module({
  providers: [AddressRule, HostRule, Sources, { provide: LOOKUP, useValue: systemLookup }],
  exports: [AddressRule, HostRule, LOOKUP, Sources],
})
export class OutboundModule {
  /** @param imports modules that provide `OUTBOUND_OPTIONS` */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: OutboundModule, imports };
  }
}
