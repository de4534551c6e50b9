"""Where the operations are."""

from bench.peers.drf.views import Listings, OneListing, Prices
from django.urls import path

urlpatterns = [
    path("listings", Listings.as_view()),
    path("listings/<int:pk>", OneListing.as_view()),
    path("listings/<int:pk>/prices", Prices.as_view()),
]
