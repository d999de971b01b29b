"""Addresses of the feeds pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
