import { queryOptions } from "@tanstack/react-query";

import { answered, api, type Schemas } from "../api/client";
import type { Market } from "../ui/marketPath";

export type MonthStatistics = Schemas["MonthStatistics"];

export function statisticsQuery({ country, city, building_type }: Market) {
  return queryOptions({
    queryKey: ["markets", country, city, building_type],
    queryFn: async ({ signal }) => {
      const path = { country, city, building_type };
      return answered(
        await api.GET("/markets/{country}/{city}/{building_type}/statistics", { params: { path }, signal }),
      );
    },
  });
}
