import type { QueryClient } from "@tanstack/react-query";
import type { ComponentType } from "react";
import type { RouteObject } from "react-router";

import { ErrorPage } from "./app/ErrorPage";
import { Layout } from "./app/Layout";
import { NotFoundPage } from "./app/NotFoundPage";
import { listingsQuery } from "./listings/queries";
import { pagesIn, searchIn } from "./listings/search";
import { pricesQuery } from "./prices/queries";

/** A page whose code is loaded when somebody comes to it. */
function page(load: () => Promise<ComponentType>): { lazy: { Component: () => Promise<ComponentType> } } {
  return { lazy: { Component: load } };
}

/**
 * Every page of the app; src/listingapi/web/routes.py names the same, so that the server knows what is no page.
 *
 * What a page shows first may be asked for by a loader, so that it comes together with the code of the page.
 */
export function routes(queries: QueryClient): RouteObject[] {
  const pages: RouteObject[] = [
    {
      index: true,
      ...page(async () => (await import("./listings/ListingsPage")).ListingsPage),
      loader: ({ request }) => {
        const { searchParams } = new URL(request.url);
        // whether it fails, the page is told by its own hook
        queries.infiniteQuery(listingsQuery(searchIn(searchParams), pagesIn(searchParams))).catch(() => undefined);
        return null;
      },
      shouldRevalidate: ({ currentUrl, nextUrl }) => currentUrl.pathname !== nextUrl.pathname,
    },
    {
      path: "/:id/prices",
      ...page(async () => (await import("./prices/PricesPage")).PricesPage),
      loader: ({ params: { id = "" } }) => {
        queries.query(pricesQuery(id)).catch(() => undefined);
        return null;
      },
    },
    { path: "/new", ...page(async () => (await import("./writing/NewPage")).NewPage) },
    { path: "/:id/edit", ...page(async () => (await import("./writing/EditPage")).EditPage) },
    { path: "/:id/price", ...page(async () => (await import("./writing/PricePage")).PricePage) },
    { path: "/:id/corrections", ...page(async () => (await import("./writing/CorrectPage")).CorrectPage) },
    ...["/markets", "/markets/:country/:city/:type"].map((path) => ({
      path,
      ...page(async () => (await import("./markets/MarketPage")).MarketPage),
    })),
    { path: "/agents", ...page(async () => (await import("./accounts/AgentsPage")).AgentsPage) },
    { path: "/agents/accounts", ...page(async () => (await import("./accounts/AccountsPage")).AccountsPage) },
    { path: "/agents/accounts/:id", ...page(async () => (await import("./accounts/AccountPage")).AccountPage) },
    { path: "/agents/webhooks", ...page(async () => (await import("./webhooks/WebhooksPage")).WebhooksPage) },
    { path: "/agents/webhooks/:id", ...page(async () => (await import("./webhooks/WebhookPage")).WebhookPage) },
    { path: "/agents/reviews", ...page(async () => (await import("./reviews/ReviewsPage")).ReviewsPage) },
    {
      path: "/sign-in/callback",
      lazy: {
        Component: async () => (await import("./access/CallbackPage")).CallbackPage,
        loader: async () => (await import("./access/callback")).finishSignIn,
      },
    },
    { path: "/sign-in", ...page(async () => (await import("./access/SignInPage")).SignInPage) },
    { path: "*", Component: NotFoundPage },
  ];
  return [
    {
      Component: Layout,
      HydrateFallback: () => null,
      children: [{ ErrorBoundary: ErrorPage, children: pages }],
    },
  ];
}
