import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import { createMemoryRouter, RouterProvider } from "react-router";

import { createQueries } from "../api/queries";
import { isServed } from "../api/served";
import { Announcer } from "../app/Announcer";
import { messages } from "../i18n/en";
import { LanguageProvider } from "../i18n/LanguageProvider";
import { takeServedListings } from "../listings/queries";
import { takeServedPrices } from "../prices/queries";
import { routes } from "../routes";

/** The whole app, in English, at an address, with what was served with the page; failed reads are not repeated. */
export function renderApp(address: string) {
  const queries = createQueries();
  queries.setDefaultOptions({ queries: { ...queries.getDefaultOptions().queries, retry: false } });
  if (isServed()) {
    takeServedListings(queries);
    takeServedPrices(queries);
  }
  const router = createMemoryRouter(routes(queries), { initialEntries: [address] });
  render(
    <QueryClientProvider client={queries}>
      <LanguageProvider language="en" messages={messages}>
        <Announcer>
          <RouterProvider router={router} />
        </Announcer>
      </LanguageProvider>
    </QueryClientProvider>,
  );
  return { router, address: () => router.state.location.pathname + router.state.location.search };
}
