# Deedbox in a container. Two stages: the first compiles, the second only runs.
# Never built where Deedbox is developed, since no registry of images can be reached there; docker-compose.yml
# says how to pin digests.

FROM node:24.11.0-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY workers ./workers
RUN npm run build && npm prune --omit=dev

FROM node:24.11.0-bookworm-slim
ENV NODE_ENV=production \
    DEEDBOX_DATA=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY models ./models
COPY samples/contracts ./samples/contracts
# the index belongs to the unprivileged user that the image brings; contracts are mounted read-only
RUN mkdir /data /contracts && chown node:node /data
USER node
VOLUME /data
EXPOSE 7331
# whether questions can be answered, which takes no Redis: docs/operations.md
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.DEEDBOX_PORT ?? 7331) + '/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["start", "/contracts"]
